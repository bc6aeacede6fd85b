using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Metaflow.Packaging.Tests;

public sealed partial class FileBasedAppTests(PackedPackages packages)
{
    private const string Flow = """
        using Metaflow;

        return await FlowProgram.RunAsync<SquaresFlow>(args);

        /// <summary>Adds squares.</summary>
        public partial class SquaresFlow : FlowSpec
        {
            [Parameter(Default = 3, Help = "How many.")]
            public partial int Count { get; }

            public partial int Square { get; set; }
            public partial int Total { get; set; }

            [Step]
            Transition Start() => Next(Compute, forEach: Enumerable.Range(1, Count));

            [Step]
            Transition Compute(int number)
            {
                Square = number * number;
                return Next(Join);
            }

            [Step]
            Transition Join(Inputs<SquaresFlow> inputs)
            {
                Total = inputs.Sum(i => i.Square);
                return Next(End);
            }

            [Step]
            void End() => Console.WriteLine($"total = {Total}");
        }
        """;

    [Fact]
    public async Task A_flow_in_one_file_runs()
    {
        var (run, folder) = await packages.RunAppAsync(Flow, "run", "--count", "4");

        run.AssertSucceeded();
        Assert.Contains("total = 30", run.Output, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(folder, ".metaflow", "SquaresFlow")), "The run is kept beside the file.");
    }

    [Fact]
    public async Task A_graph_that_is_wrong_does_not_compile()
    {
        var (run, _) = await packages.RunAppAsync(Flow.Replace("Next(End)", "Next(Start)", StringComparison.Ordinal), "run");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Matches(@"app\.cs\(\d+,\d+\): error MF1\d{3}", run.Output);
    }

    [Fact]
    public async Task The_command_line_comes_along_at_run_time()
    {
        var (run, _) = await packages.RunAppAsync("""
            foreach (var name in (string[])["Metaflow.Cli", "System.CommandLine", "Spectre.Console"])
            {
                Console.WriteLine(System.Reflection.Assembly.Load(name).GetName().Name);
            }
            """);

        run.AssertSucceeded();
        Assert.Contains("Metaflow.Cli\nSystem.CommandLine\nSpectre.Console\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_is_not_visible_to_code()
    {
        var (run, _) = await packages.RunAppAsync("using Metaflow.Cli;\nConsole.WriteLine(1);");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Matches("error CS0(234|246)", run.Output);
    }

    [Fact]
    public async Task The_image_for_this_system_is_the_one_that_runs()
    {
        Assert.SkipUnless(RuntimeInformation.RuntimeIdentifier == "linux-x64", "The packages have images for linux-x64 only.");

        var (run, _) = await packages.RunAppAsync("Console.WriteLine(typeof(Metaflow.FlowSpec).Assembly.Location);");

        run.AssertSucceeded();
        Assert.Contains("runtimes/linux-x64/lib/net10.0/Metaflow.dll", run.Output, StringComparison.Ordinal);
    }

    /// <summary>A budget, not a figure of today: what the just-in-time compiler does in a task is most of what a task costs beside the
    /// runtime.</summary>
    [Fact]
    public async Task A_task_starts_with_few_methods_left_to_compile()
    {
        Assert.SkipUnless(RuntimeInformation.RuntimeIdentifier == "linux-x64", "The packages have images for linux-x64 only.");

        var (run, _) = await packages.RunAppAsync("""
            using System.Diagnostics;
            using Metaflow;

            if (args is ["measure"])
            {
                await FlowProgram.RunAsync<TwoStepsFlow>(["run"]);
                var id = File.ReadAllText(".metaflow/TwoStepsFlow/latest_run");
                string[] task = ["step", "end", "--run-id", id, "--task-id", "9", "--input-paths", $"{id}/start/1", "--join", "none"];
                string[] rest = ["--datastore", "local:" + Path.GetFullPath(".metaflow"), "--retry-count", "0", "--max-user-code-retries", "0", "--namespace", "user:tester"];
                using var process = Process.Start(Environment.ProcessPath!, [.. task, .. rest]);
                process.WaitForExit();
                return process.ExitCode;
            }

            var code = await FlowProgram.RunAsync<TwoStepsFlow>(args);
            if (args is ["step", ..])
            {
                Console.WriteLine($"compiled {System.Runtime.JitInfo.GetCompiledMethodCount()} methods");
            }

            return code;

            public partial class TwoStepsFlow : FlowSpec
            {
                public partial string Text { get; set; }
                public partial int Number { get; set; }

                [Step]
                Transition Start()
                {
                    Text = "text";
                    return Next(End);
                }

                [Step]
                void End() => Number = Text.Length;
            }
            """, "measure");

        run.AssertSucceeded();
        var compiled = int.Parse(Compiled().Match(run.Output).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(compiled, 1, 220);
    }

    [GeneratedRegex(@"compiled (\d+) methods")]
    private static partial Regex Compiled();
}
