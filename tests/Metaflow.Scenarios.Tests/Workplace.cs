using System.Diagnostics;
using Metaflow.Client;
using Metaflow.Settings;

namespace Metaflow.Scenarios.Tests;

/// <summary>A folder of its own in which a test runs flows.</summary>
public sealed class Workplace : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("metaflow-scenario-").FullName;

    public string Root => Path.Combine(Folder, ".metaflow");

    // What clients keep of datastores that are far away belongs to one test.
    public Workplace() => Environment["METAFLOW_CLIENT_CACHE_PATH"] = Path.Combine(Folder, ".cache");

    public Dictionary<string, string> Environment { get; } = new() { ["METAFLOW_USER"] = "tester", ["NO_COLOR"] = "1" };

    /// <summary>Gets the variables of the tests that processes do not inherit.</summary>
    public List<string> Removed { get; } = [];

    /// <summary>Makes a client of this folder that filters by nothing.</summary>
    public MetaflowClient Client() => new(SettingsLoader.Load(Environment, Folder));

    internal FlowProcess Start(string flow, params string[] arguments) => Start(new ProcessStartInfo(FlowsProgram.File), flow, arguments);

    /// <summary>Starts a flow by a shell that does something first.</summary>
    internal FlowProcess StartUnder(string script, string flow, params string[] arguments)
        => Start(new ProcessStartInfo("sh", ["-c", $"{script}\nexec \"$0\" \"$@\"", FlowsProgram.File]), flow, arguments);

    /// <summary>Starts a flow by another program.</summary>
    internal FlowProcess Start(ProcessStartInfo start, string flow, string[] arguments)
    {
        start.WorkingDirectory = Folder;
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in Removed)
        {
            start.Environment.Remove(name);
        }

        start.Environment["SCENARIO_FLOW"] = flow;
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return new FlowProcess(start);
    }

    internal async Task<CommandOutcome> RunAsync(string flow, params string[] arguments)
    {
        using var process = Start(flow, arguments);
        return await process.EndAsync();
    }

    /// <summary>Starts a run of <c>MendableFlow</c>, and kills its scheduler while a task works.</summary>
    /// <returns>The run's id.</returns>
    internal async Task<string> KillSchedulerAsync()
    {
        using (var process = Start("MendableFlow", "run", "--way", "wait", "--run-id-file", "id"))
        {
            await process.LinesWithAsync("before");
            process.Kill9();
            await process.EndAsync();
        }

        return await File.ReadAllTextAsync(Path.Combine(Folder, "id"), TestContext.Current.CancellationToken);
    }

    /// <summary>Runs a flow that must succeed, and returns its newest run.</summary>
    internal async Task<RunHandle> SucceedAsync(string flow, params string[] arguments)
    {
        (await RunAsync(flow, ["run", .. arguments])).Succeeded();
        return Client().Flow(flow).LatestRun!;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
