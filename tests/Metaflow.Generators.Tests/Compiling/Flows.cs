namespace Metaflow.Generators.Tests.Compiling;

/// <summary>Flows that several tests use.</summary>
internal static class Flows
{
    public const string GenreStats = """
        /// <summary>Box-office quartiles
        /// of every <see cref="System.String"/> genre.</summary>
        [Retry(Times = 2)]
        public partial class GenreStatsFlow : FlowSpec
        {
            public const string Version = "1";
            public static readonly int[] Bins = [1, 2, 3];

            /// <summary>The movie file.</summary>
            [IncludeFile(Default = "data/movies.csv")]
            public partial string MovieData { get; }

            [Parameter(Default = 5, Help = "The most genres to report.")]
            public partial int MaxGenres { get; }

            [Parameter(Default = 1, Name = "rate")]
            public partial double LearningRate { get; }

            [Parameter(DefaultFrom = nameof(Today))]
            public partial string? Day { get; }

            [Parameter(Required = true, Separator = ",")]
            public partial IReadOnlyList<string> Names { get; }

            public partial IReadOnlyList<string> Genres { get; set; }
            public partial string Genre { get; set; }
            public partial StepFailure? ComputeFailed { get; set; }
            [Artifact(Name = "stats")]
            public partial (int Count, string? Name)[] GenreStats { get; protected internal set; }
            public bool Quiet { get; set; }

            /// <summary>Reads the genres.</summary>
            [Step]
            Transition Start()
            {
                Genres = MovieData.Split(',');
                return Next(ComputeStatistics, forEach: Genres);
            }

            [Step, Retry(Times = 1, SecondsBetweenRetries = 0.5), Catch(Var = nameof(ComputeFailed), PrintException = false)]
            async Task<Transition> ComputeStatistics(string genre)
            {
                await Task.Yield();
                Genre = genre;
                return Next(Join);
            }

            [Step]
            Transition Join(Inputs<GenreStatsFlow> inputs)
            {
                GenreStats = inputs.Select(i => (i.Genre.Length, (string?)i.Genre)).ToArray();
                return GenreStats.Length > 3 ? Next(Many) : Next(Few);
            }

            [Step]
            Transition Many() => Next(End);

            [Step]
            Transition Few() => Next(End);

            [Step]
            void End() => Console.WriteLine($"{GenreStats.Length} genres");

            private static string Today() => "2026-01-01";
        }
        """;
}
