using System.Diagnostics;
using System.Globalization;
using Metaflow;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Plugins;
using Metaflow.Settings;

namespace SamplePlugins;

/// <summary>Sends the tasks of a step to the annex: <c>[Annex]</c>, or <c>--with annex</c>.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class AnnexAttribute : DecoratorAttribute, ILaunchedBy
{
    /// <inheritdoc/>
    public string LauncherName => Annex.Name;
}

/// <summary>Opens the launcher for a run.</summary>
internal sealed class AnnexFactory : ILauncherFactory
{
    public ITaskLauncher Open(LauncherOptions options) => new Annex(options);
}

/// <summary>Runs each task as a job of "another machine": in its own folder and with its own home, without the scheduler's variables,
/// console and session. A job and its scheduler share only the store, so jobs keep running when the scheduler ends.</summary>
/// <remarks>This launcher starts and kills processes. A real launcher calls the queue of a cluster instead; the rest is the
/// same.</remarks>
internal sealed class Annex : JobLauncher
{
    /// <summary>The name of the launcher, of its decorator and of its handles.</summary>
    public const string Name = "annex";

    /// <summary>The setting for the folder of the annex.</summary>
    public static readonly SettingDescription Home = new(
        "METAFLOW_ANNEX_HOME", SettingKind.Text, "It is the home of the jobs of the annex.")
    { Default = Path.Combine(Path.GetTempPath(), "metaflow-annex") };

    private readonly string _home;

    /// <summary>Opens the annex.</summary>
    public Annex(LauncherOptions options)
        : base(Name, options)
        => _home = Directory.CreateDirectory(SettingReader.Of(options.Settings).Text(Home.Name) ?? Home.Default!).FullName;

    public override TimeSpan RetryWait => TimeSpan.Zero;

    protected override TimeSpan PollInterval => TimeSpan.FromMilliseconds(100);

    protected override ValueTask<string> SubmitAsync(JobRequest job, CancellationToken cancellationToken)
    {
        // The job has its own session, so that keys typed in the scheduler's terminal do not reach it. The task's output is in the store.
        const string Script = "exec \"$@\" >>jobs.log 2>&1 </dev/null";
        var program = job.Launch.Program.FileName;
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Script, "job", program, .. job.Arguments]) { WorkingDirectory = _home };
        Furnish(start.Environment, job.Launch.Environment);
        try
        {
            using var process = Process.Start(start)!;
            return new(IdOf(process));
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or IOException)
        {
            throw new LaunchException(
                ErrorCodes.ProcessNotStarted, $"The annex has not started '{job.Launch.Task}'.", error.Message, "Install 'setsid'.", error);
        }
    }

    protected override ValueTask<IReadOnlyList<JobState>> PollAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
        => new([.. ids.Select(static id => new JobState(Find(id) is null ? JobStatus.Gone : JobStatus.Running))]);

    protected override async ValueTask EndAsync(string id, bool atOnce, CancellationToken cancellationToken)
    {
        if (Find(id) is { } processId)
        {
            using var kill = Process.Start("kill", [atOnce ? "-KILL" : "-TERM", processId.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps only those of the scheduler's variables that say where programs are, and adds those of the task.</summary>
    private void Furnish(IDictionary<string, string?> variables, IReadOnlyDictionary<string, string> ofTask)
    {
        var kept = variables.Where(static variable => variable.Key is "PATH" or "DOTNET_ROOT" or "LANG").ToList();
        variables.Clear();
        kept.ForEach(variables.Add);
        variables["HOME"] = _home;
        foreach (var (name, value) in ofTask)
        {
            variables[name] = value;
        }
    }

    // The system reuses process ids. Only together with its start time, an id identifies one process.
    private static string IdOf(Process process)
        => string.Create(CultureInfo.InvariantCulture, $"{process.Id}/{new DateTimeOffset(process.StartTime).ToUnixTimeSeconds()}");

    /// <summary>Returns the id of the job's process, or null when it has ended.</summary>
    private static int? Find(string id)
    {
        var parts = id.Split('/');
        try
        {
            using var process = Process.GetProcessById(int.Parse(parts[0], CultureInfo.InvariantCulture));
            var started = new DateTimeOffset(process.StartTime).ToUnixTimeSeconds();
            return !process.HasExited && Math.Abs(started - long.Parse(parts[1], CultureInfo.InvariantCulture)) <= 2 ? process.Id : null;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
