using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Tests.Compiling;

/// <summary>The examples of docs/client.md compile beside a flow.</summary>
public sealed partial class ClientPageTests
{
    private const string Around = """
        using Metaflow.Client;

        public partial class SquaresFlow : FlowSpec
        {
            [Artifact] public partial int Total { get; set; }

            [Step] public Transition Start() { Total = 1; return Next(End); }

            [Step] public void End() { }
        }

        public partial class TrainFlow : FlowSpec
        {
            [Parameter(Default = 0.1)] public partial double Alpha { get; }

            [Artifact] public partial double R2 { get; set; }

            [Step] public Transition Start() { R2 = Alpha; return Next(End); }

            [Step] public void End() { }
        }

        public static class Page
        {
            public static async Task ExampleAsync(CancellationToken cancellationToken)
            {
                await Task.Yield();
                // The example.
            }
        }
        """;

    [Fact]
    public async Task Every_example_compiles_without_a_problem()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "client.md"), TestContext.Current.CancellationToken);
        var examples = Block().Matches(page).Select(static match => match.Groups[1].Value).ToList();

        Assert.True(examples.Count >= 5);
        Assert.All(examples, static example => Assert.Equal([], Compile(example).CompilerProblems()));
    }

    private static FlowCompilation Compile(string example)
        => FlowCompilation.Of(Around.Replace("// The example.", example, StringComparison.Ordinal), DocumentationMode.Parse);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Metaflow.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    [GeneratedRegex("```csharp fragment\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
