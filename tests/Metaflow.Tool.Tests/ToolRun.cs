using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Metadata;
using Metaflow.Plugins;
using Metaflow.Runs;
using Metaflow.Storage;

namespace Metaflow.Tool.Tests;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record ToolRun(int ExitCode, string Out, string Error);

/// <summary>A folder in which a test calls the tool.</summary>
internal sealed class ToolPlace : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("metaflow-tool-").FullName;

    public string Home => Path.Combine(Folder, "home");

    public Dictionary<string, string> Environment { get; } = [];

    private LocalBlobStore Blobs => new(Path.Combine(Folder, ".metaflow"));

    /// <summary>Calls the tool; answers to its questions are lines of <paramref name="answers"/>.</summary>
    public Task<ToolRun> AnswerAsync(string answers, params string[] arguments) => AnswerAsync(new PluginRegistry(), answers, arguments);

    /// <summary>Calls the tool as if it shipped with plug-ins.</summary>
    public async Task<ToolRun> AnswerAsync(PluginRegistry plugins, string answers, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var input = new StringReader(answers);
        var environment = new Dictionary<string, string>(Environment) { ["METAFLOW_HOME"] = Home };
        environment.TryAdd("METAFLOW_USER", "ada");
        var streams = new ConsoleStreams { Out = output, Error = error, WorkingFolder = Folder, Environment = environment };
        var exitCode = await ToolCommandLine.ExecuteAsync(arguments, streams with { ReadLine = input.ReadLine }, plugins);
        return new ToolRun(exitCode, output.ToString(), error.ToString());
    }

    public Task<ToolRun> RunAsync(params string[] arguments) => AnswerAsync("", arguments);

    public async Task AddRunAsync(string flow, string id, string user = "ada", params string[] tags)
        => await new LocalMetadataProvider(Path.Combine(Folder, ".metaflow"), TimeProvider.System)
            .RegisterRunAsync(new RunRecord(flow, id, user, tags, ["user:" + user], DateTimeOffset.UnixEpoch), CancellationToken.None);

    /// <summary>Holds a run as its scheduler does.</summary>
    public async Task<RunLock> TakeRunAsync(string flow, string id)
        => (await RunLock.TryTakeAsync(RunFolder.Of(Blobs, flow, id)!, TimeProvider.System))!;

    /// <summary>Records a state of a run whose scheduler is a process that is gone.</summary>
    public async Task SetStateAsync(string flow, string id, RunState state)
    {
        var status = new RunStatus(state, int.MaxValue, System.Environment.MachineName, DateTimeOffset.UtcNow);
        await Blobs.SaveAsync([status.ToWrite(flow, id)], overwrite: true, CancellationToken.None);
    }

    public string Text(string path) => File.ReadAllText(Path.Combine(Folder, path));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
