using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Metaflow.Launching;
using Metaflow.Plugins;

namespace Metaflow.Testing.Tests.Runs;

/// <summary>Sends a step to <see cref="OtherMachine"/>.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class OtherMachineAttribute : DecoratorAttribute, ILaunchedBy
{
    /// <summary>Gets or sets what happens to the job: nothing, or that its machine is lost before it could tell anything.</summary>
    public bool LosesFirstAttempt { get; set; }

    public string LauncherName => OtherMachine.Name;
}

/// <summary>Adds <see cref="OtherMachine"/>.</summary>
public sealed class OtherMachinePlugin : IMetaflowPlugin, ILauncherFactory
{
    public static void Register(PluginRegistry registry) => registry.Add<ILauncherFactory>(OtherMachine.Name, new OtherMachinePlugin());

    public ITaskLauncher Open(LauncherOptions options) => new OtherMachine(options);
}

/// <summary>Runs jobs as another machine would: in a folder and with a home of its own, with no variable of the scheduler's but those of
/// the task, and no pipe to it.</summary>
public sealed class OtherMachine(LauncherOptions options) : JobLauncher(Name, options)
{
    public const string Name = "other_machine";

    private readonly ConcurrentDictionary<string, Process> _jobs = new();
    private readonly string _home = Directory.CreateTempSubdirectory("metaflow-other-machine-").FullName;

    public override TimeSpan RetryWait => TimeSpan.Zero;

    protected override TimeSpan PollInterval => TimeSpan.FromMilliseconds(50);

    protected override ValueTask<string> SubmitAsync(JobRequest job, CancellationToken cancellationToken)
    {
        var lost = job.Launch is { Attempt: 0 }
            && job.Launch.Decorators.OfType<OtherMachineAttribute>().Any(static decorator => decorator.LosesFirstAttempt);
        var start = lost ? new ProcessStartInfo("/bin/sleep", ["60"]) : new ProcessStartInfo(job.Launch.Program.FileName, job.Arguments);
        start.WorkingDirectory = _home;
        start.Environment.Clear();
        start.Environment["HOME"] = _home;
        start.Environment["PATH"] = "/usr/bin:/bin";
        foreach (var (name, value) in job.Launch.Environment)
        {
            start.Environment[name] = value;
        }

        // Nobody reads the job's own output: it is in the store.
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (lost)
        {
            process.Kill();
        }

        var id = process.Id.ToString(CultureInfo.InvariantCulture);
        _jobs[id] = process;
        return new(id);
    }

    protected override ValueTask<IReadOnlyList<JobState>> PollAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
        => new([.. ids.Select(id => !_jobs.TryGetValue(id, out var process)
            ? new JobState(JobStatus.Gone)
            : new JobState(process.HasExited ? JobStatus.Ended : JobStatus.Running)
            {
                ExitCode = process.HasExited ? process.ExitCode : null,
            })]);

    protected override async ValueTask EndAsync(string id, bool atOnce, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", [atOnce ? "-KILL" : "-TERM", id]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        foreach (var process in _jobs.Values)
        {
            process.Dispose();
        }

        Directory.Delete(_home, recursive: true);
    }
}
