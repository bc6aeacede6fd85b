using Metaflow.Client;
using Metaflow.Scenarios.Tests.Matrix.Generation;
using Metaflow.Settings;

namespace Metaflow.Scenarios.Tests.Matrix.Checking;

/// <summary>One case that was run, in a folder of its own; both checkers look at it.</summary>
internal sealed class MatrixRun
{
    public static readonly string[] Tags = ["刺身 means sashimi", "multiple tags should be ok"];

    private const string RunIdFile = "run-id";
    // The widest flow took ten minutes on two processors that thirty other processes wanted too.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    private readonly MatrixProgram _program;
    private readonly Dictionary<string, string> _environment;

    private MatrixRun(MatrixProgram program, MatrixGraph graph, FlowPlan plan, string folder)
    {
        _program = program;
        Graph = graph;
        Plan = plan;
        Folder = folder;
        _environment = new Dictionary<string, string>(plan.Environment)
        {
            ["METAFLOW_USER"] = "tester",
            ["NO_COLOR"] = "1",
            ["MATRIX_CASE"] = $"{graph.Name}/{plan.Name}",
        };
    }

    public MatrixGraph Graph { get; }

    public FlowPlan Plan { get; }

    public string Folder { get; }

    /// <summary>Gets the id of the run that is looked at: the resumed one, where the test resumes.</summary>
    public string RunId { get; private set; } = "";

    /// <summary>Gets the id of the run that was resumed.</summary>
    public string? OriginRunId { get; private set; }

    /// <summary>Gets what the last command printed.</summary>
    public CommandOutcome Outcome { get; private set; } = new(0, "", "");

    /// <summary>Runs a case, and resumes it where its test says so.</summary>
    public static async Task<MatrixRun> ExecuteAsync(MatrixProgram program, MatrixGraph graph, FlowPlan plan, string folder)
    {
        var run = new MatrixRun(program, graph, plan, folder);
        foreach (var (name, text) in plan.Files)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }

        await run.StartAsync("run").ConfigureAwait(false);
        if (plan.Resumes)
        {
            run.MustHaveFailed("the run is resumed from here");
            run.OriginRunId = run.RunId;
            await run.StartAsync(plan.ResumeStep is { } step ? ["resume", step] : ["resume"]).ConfigureAwait(false);
        }

        if (plan.Fails)
        {
            run.MustHaveFailed("");
        }
        else
        {
            run.Outcome.Succeeded();
        }

        return run;
    }

    public MetaflowClient Client() => new(SettingsLoader.Load(_environment, Folder));

    /// <summary>Runs command lines in one process; what each printed to both streams.</summary>
    public IReadOnlyList<CommandOutcome> RunCommands(IReadOnlyList<IReadOnlyList<string>> commands)
    {
        var file = Path.Combine(Folder, $"commands-{Guid.NewGuid():N}");
        File.WriteAllLines(file, commands.Select(command => string.Join('\t', Plan.TopOptions.Concat(command))));
        var all = RunAsync(_program.StartBatch(Folder, file)).GetAwaiter().GetResult().Succeeded().Output;
        var parts = all.Split('\u001e');
        Assert.Equal(commands.Count, parts.Length - 1);
        return [.. commands.Select((_, i) => new CommandOutcome(CodeAfter(parts[i + 1]), i == 0 ? parts[0] : TextOf(parts[i]), ""))];

        static int CodeAfter(string part)
            => int.Parse(part.AsSpan(0, part.IndexOf('\n', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture);
        static string TextOf(string part) => part[(part.IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }

    private async Task StartAsync(params IReadOnlyList<string> command)
    {
        File.Delete(Path.Combine(Folder, RunIdFile));
        var start = _program.Start(
            Folder,
            [.. Plan.TopOptions, .. command, "--run-id-file", RunIdFile, "--max-workers", "8", "--max-num-splits", "10000",
                .. Tags.SelectMany(static tag => (string[])["--tag", tag])]);
        Outcome = await RunAsync(start).ConfigureAwait(false);
        Assert.True(File.Exists(Path.Combine(Folder, RunIdFile)), $"no run was started\n{Outcome.All}");
        RunId = await File.ReadAllTextAsync(Path.Combine(Folder, RunIdFile)).ConfigureAwait(false);
    }

    private async Task<CommandOutcome> RunAsync(System.Diagnostics.ProcessStartInfo start)
    {
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        using var process = new FlowProcess(start, Limit);
        return await process.EndAsync().ConfigureAwait(false);
    }

    private void MustHaveFailed(string reason)
    {
        Assert.True(Outcome.ExitCode == 1, Outcome.All);
        Assert.Contains(reason, Outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MF9001", Outcome.Output + Outcome.Errors, StringComparison.Ordinal);
    }
}
