using System.Text.Json.Nodes;
using Metaflow.Errors;
using Metaflow.Python.Tests.Channels;

namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>Runs whose packages of conda are found by a program on the path that answers as micromamba does.</summary>
public sealed class CondaProgramScenarioTests(PythonWorld world)
{
    private const string Greeting = """
        public static class Program
        {
            public static Task<int> Main(string[] args) => FlowProgram.RunAsync<GreetingFlow>(args);
        }

        public partial class GreetingFlow : FlowSpec
        {
            [Step, Conda("greeting", Python = "3.11")]
            [PythonStep("greet.py", Outputs = ["packages"])]
            Transition Start() => Next(End);

            [Step]
            void End()
            {
            }
        }
        """;

    private const string Script = """
        import os
        import sys
        import greeting

        packages = [name for name in os.listdir(os.path.join(sys.prefix, "conda-meta")) if name.startswith("greeting")]
        print("greeted by", packages[0], "on", sys.version.split()[0])
        """;

    [Fact]
    public async Task A_step_runs_with_the_packages_that_the_program_found_and_later_without_it()
    {
        var real = await world.RequireAsync();
        await using var program = new PythonProgram(real, Greeting, ("greet.py", Script));
        var fake = Use(program);

        // The own solver would take the later one.
        fake.Answer(FakeCondaProgram.AnswerOfMamba(ObjectsOf(real), program.Channel));

        var first = (await program.RunAsync("run")).Succeeded();
        File.Delete(fake.File);
        await program.Server.DisposeAsync();
        program.RemoveCaches();
        var repeated = (await program.RunAsync("run")).Succeeded();

        Assert.All([first, repeated], static run
            => Assert.Contains("greeted by greeting-1.0.0-pyhd8ed1ab_0.json on 3.11.", run.Output, StringComparison.Ordinal));
        Assert.Contains("greeting", fake.Arguments);
        Assert.Contains("python 3.11.*", fake.Arguments);
        Assert.Contains(program.Channel, fake.Arguments);
        Assert.True(fake.Variables.ContainsKey("CONDA_OVERRIDE_GLIBC"));
    }

    [Fact]
    public async Task What_the_program_cannot_do_is_said_before_the_run()
    {
        await using var program = new PythonProgram(await world.RequireAsync(), Greeting, ("greet.py", Script));
        var fake = Use(program);
        fake.Answer(
            "{\"success\": false, \"solver_problems\": [\"nothing provides greeting\"]}",
            "error    libmamba Could not solve for environment specs\n    └─ greeting does not exist", exitCode: 1);

        var unsatisfiable = await program.RunAsync("run");
        File.Delete(fake.File);
        var missing = await program.RunAsync("run");

        Assert.Equal((1, 1), (unsatisfiable.ExitCode, missing.ExitCode));
        Assert.Contains(ErrorCodes.CondaRequestUnsatisfiable, unsatisfiable.Errors, StringComparison.Ordinal);
        Assert.Contains("└─ greeting does not exist", unsatisfiable.Errors, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.CondaProgramMissing, missing.Errors, StringComparison.Ordinal);
        Assert.All([unsatisfiable, missing], static run
            => Assert.DoesNotContain("Task is starting", run.All, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_signal_ends_the_program_and_leaves_nothing_behind()
    {
        await using var program = new PythonProgram(await world.RequireAsync(), Greeting, ("greet.py", Script));
        var fake = Use(program);
        var mark = fake.PathOf("started");
        fake.SetScript($"sleep 600 & echo $! > '{mark}.new'; mv '{mark}.new' '{mark}'; wait");

        using var run = program.Start("run");
        while (!File.Exists(mark) && !run.HasExited)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.True(Directory.Exists(fake.WorkFolder), run.Errors);
        run.Signal("INT");
        var outcome = await run.EndAsync();

        Assert.Equal(130, outcome.ExitCode);
        Assert.False(Directory.Exists(fake.WorkFolder), "Nothing is left behind.");
        ProcessTable.AssertEnded([int.Parse(
            await File.ReadAllTextAsync(mark, TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture)]);
    }

    private static FakeCondaProgram Use(PythonProgram program)
    {
        var fake = new FakeCondaProgram(Path.Combine(program.Place.Folder, "fake"), "micromamba", "\"micromamba version\": \"2.0.5\"");
        program.Place.Environment["PATH"] = $"{fake.Bin}{Path.PathSeparator}{program.Place.Environment["PATH"]}";
        program.Place.Environment["METAFLOW_CONDA_DEPENDENCY_RESOLVER"] = "micromamba";
        return fake;
    }

    private static IEnumerable<JsonObject> ObjectsOf(RealWorld real)
        => HandLinkedEnvironment.Choose(real.CondaFolder, 12, newest: false, "greeting", "python").Select(static chosen =>
        {
            var json = (JsonObject)chosen.Record.DeepClone();
            json["fn"] = Path.GetFileName(chosen.File);
            return json;
        });
}
