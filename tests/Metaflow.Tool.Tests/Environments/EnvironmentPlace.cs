using Metaflow.Commands;
using Metaflow.Metadata;
using Metaflow.Naming;

namespace Metaflow.Tool.Tests.Environments;

/// <summary>A folder whose datastore has the environment 'team/training:v1', in which a test calls the tool.</summary>
internal sealed class EnvironmentPlace : IDisposable
{
    public EnvironmentPlace(EnvironmentFeed feed)
    {
        foreach (var file in Directory.EnumerateFiles(feed.Resolved, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Folder, Path.GetRelativePath(feed.Resolved, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("metaflow-environment-").FullName;

    /// <summary>Gets or sets how much later it is.</summary>
    public TimeSpan Later { get; set; }

    /// <summary>Gets or sets a value indicating whether the standard error is a terminal.</summary>
    public bool IsTerminal { get; set; }

    public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>Makes this machine one that knows nothing: what is left is the datastore.</summary>
    public void ForgetMachine()
    {
        File.Delete(PathOf(".metaflow", "dotnet_v2.cnd"));
        if (Directory.Exists(PathOf("environments")))
        {
            Directory.Delete(PathOf("environments"), recursive: true);
        }
    }

    public Task<ToolRun> RunAsync(params string[] arguments) => AnswerAsync("", arguments);

    /// <summary>Asks the tool what can follow, as a shell does.</summary>
    public Task<ToolRun> CompleteAsync(params string[] words) => CallAsync("", ["complete", "--", "environment", .. words]);

    /// <summary>Calls the tool; answers to its questions are lines of <paramref name="answers"/>.</summary>
    public Task<ToolRun> AnswerAsync(string answers, params string[] arguments) => CallAsync(answers, ["environment", .. arguments]);

    private async Task<ToolRun> CallAsync(string answers, string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var input = new StringReader(answers);
        var streams = new ConsoleStreams
        {
            Out = output,
            Error = error,
            ErrorIsTerminal = IsTerminal,
            WorkingFolder = Folder,
            Environment = EnvironmentFeed.Variables(Folder),
            Time = new LaterTime(Later),
            ReadLine = input.ReadLine,
        };
        var exitCode = await ToolCommandLine.ExecuteAsync(arguments, streams);
        return new ToolRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Calls the tool, which has to succeed.</summary>
    public async Task<string> SucceedAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Out;
    }

    /// <summary>Calls the tool, which has to refuse.</summary>
    public async Task RefuseAsync(string code, params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"[{code}]", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Records a run whose task had an environment.</summary>
    public async Task AddRunAsync(string requestId, string fullId, string step = "train", string field = "conda_env_id")
    {
        var provider = new LocalMetadataProvider(PathOf(".metaflow"), TimeProvider.System);
        var record = new RunRecord("TrainFlow", "17", "ada", [], ["user:ada"], DateTimeOffset.UnixEpoch);
        await provider.RegisterRunAsync(record, CancellationToken.None);
        var run = (await provider.FindRunAsync("TrainFlow", "17", CancellationToken.None))!;
        var task = new TaskPath("TrainFlow", "17", step, "1");
        await provider.RegisterTaskAsync(run, task, CancellationToken.None);
        await provider.RecordAsync(
            run, task,
            [
                new MetadataDatum(
                    field, field, $"[\"{requestId}\", \"{fullId}\", \"{EnvironmentFeed.Machine}\"]", ["attempt_id:0"]),
            ],
            [], CancellationToken.None);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private sealed class LaterTime(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + later;
    }
}
