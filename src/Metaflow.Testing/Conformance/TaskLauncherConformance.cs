using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Logs;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Storage;

namespace Metaflow.Testing.Conformance;

/// <summary>What every launcher must do.</summary>
/// <remarks>Real tasks run in real processes: each case begins a run of a small flow in a store of its own, and launches tasks of it as
/// the scheduler would. A case takes as long as the launcher
/// needs for a task or two. The project of the tests needs nothing but the package: it has the program that runs the tasks.</remarks>
[SuppressMessage("Naming", "CA1707", Justification = "The name of a case is the sentence that a test report shows.")]
public abstract partial class TaskLauncherConformance : ConformanceSuite
{
    /// <summary>Gets the decorators that steps have which this launcher takes, such as <c>new SlurmAttribute()</c>. None by
    /// default.</summary>
    protected virtual IReadOnlyList<DecoratorAttribute> Decorators => [];

    /// <summary>Gets the type of the metadata provider; <c>local</c> by default.</summary>
    protected virtual string MetadataType => StoreAddress.LocalType;

    /// <summary>Gets a value indicating whether tasks are processes of this machine, so that the suite can see whether they are gone. The
    /// default is <see langword="true"/>.</summary>
    protected virtual bool TasksRunHere => true;

    /// <summary>Gets a handle that no task has, as this launcher writes them.</summary>
    protected abstract LaunchHandle UnknownHandle { get; }

    /// <summary>Gets how long something is waited for that must happen; a minute by default.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromMinutes(1);

    /// <summary>Ends with output that is told and stored, the exit code 0 and stored results.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_task_is_run_and_its_end_is_told_once(CancellationToken cancellationToken)
    {
        const string Promise = "LaunchAsync runs the task's process with the arguments that it is given, and tells its end once.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        var request = run.Request(LauncherProbe.Succeed);

        var (watch, exit) = await RunAsync(run, request, Promise, cancellationToken).ConfigureAwait(false);

        Require(Promise, exit.ExitCode == 0, "the exit code 0", $"{exit}. {watch.Told()}");
        Expect.Same(Promise, true, await run.IsCompleteAsync(request.Task).ConfigureAwait(false));
        Expect.Same(Promise, 1, watch.Ends);
    }

    /// <summary>The exit code is that of the task's process, and minus the signal when a signal ended it.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task The_exit_code_is_that_of_the_process(CancellationToken cancellationToken)
    {
        const string Promise = "TaskExit.ExitCode is the exit code of the task's process; minus the signal when a signal ended it.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        foreach (var code in (int[])[7, ExitCodes.FailedDoNotRetry])
        {
            var (_, ended) = await RunAsync(run, run.Request(LauncherProbe.Exit, code), Promise, cancellationToken).ConfigureAwait(false);
            Expect.Same(Promise, code, ended.ExitCode);
        }

        if (!OperatingSystem.IsWindows())
        {
            var (_, exit) = await RunAsync(run, run.Request(LauncherProbe.Die), Promise, cancellationToken).ConfigureAwait(false);
            Expect.Same(Promise, -9, exit.ExitCode);
            Expect.Same("TaskExit.WasKilled says whether the launcher ended the task, not whether a signal did.", false, exit.WasKilled);
        }
    }

    /// <summary>All lines of both streams are told in their order and stored, as they were written.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task What_a_task_writes_is_told_and_stored_as_it_is(CancellationToken cancellationToken)
    {
        const string Promise = "Before OnExit, the observer has got all lines of both streams in order, and they are in the task's "
            + "stored logs.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        var request = run.Request(LauncherProbe.Write);

        var (watch, _) = await RunAsync(run, request, Promise, cancellationToken).ConfigureAwait(false);

        foreach (var stream in (LogKind[])[LogKind.Stdout, LogKind.Stderr])
        {
            Expect.Sequence(Promise, LauncherProbe.Lines, watch.Lines(stream == LogKind.Stderr));
            Expect.Sequence(Promise, LauncherProbe.Lines, await run.StoredAsync(request.Task, stream).ConfigureAwait(false));
        }
    }

    /// <summary>No line of many is lost, twice there or out of order.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task No_line_of_many_is_lost(CancellationToken cancellationToken)
    {
        const string Promise = "If a task writes much, its observer gets every line once, and every line is stored once.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        var request = run.Request(LauncherProbe.WriteMuch);

        var (watch, _) = await RunAsync(run, request with { MaxLogBytes = 16 << 20 }, Promise, cancellationToken).ConfigureAwait(false);

        List<string> expected = [.. Enumerable.Range(0, LauncherProbe.ManyLines).Select(static line => $"{line}")];
        Expect.Sequence(Promise, expected, watch.Lines());
        Expect.Sequence(Promise, expected, await run.StoredAsync(request.Task, LogKind.Stdout).ConfigureAwait(false));
    }

    /// <summary>Of a task that writes without end no more is stored than asked for.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_log_is_as_long_as_asked_for(CancellationToken cancellationToken)
    {
        const string Promise = "Of each stream, the first LaunchRequest.MaxLogBytes bytes are stored, and the rest is not.";
        const int Most = 20_000;
        await using var run = await BeginAsync().ConfigureAwait(false);
        var request = run.Request(LauncherProbe.WriteMuch) with { MaxLogBytes = Most };

        await RunAsync(run, request, Promise, cancellationToken).ConfigureAwait(false);

        var stored = (await run.StoredAsync(request.Task, LogKind.Stdout).ConfigureAwait(false)).Sum(static line => line.Length + 1);
        Require(Promise, stored is > 0 and <= Most, $"1 to {Most} bytes", $"{stored}");
    }

    /// <summary>A task hears that it is to stop, and ends by itself.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_task_that_is_asked_to_stop_ends_by_itself(CancellationToken cancellationToken)
    {
        const string Promise =
            "The observer gets output while the task runs. RequestStopAsync asks the task to stop, and lets it end in its own way.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        var watch = new ProbedTask(Patience);
        var task = await run.LaunchAsync(run.Request(LauncherProbe.Wait, 5), watch, cancellationToken).ConfigureAwait(false);
        await watch.LineAsync(Promise, LauncherProbe.Begun, cancellationToken).ConfigureAwait(false);

        await task.RequestStopAsync().ConfigureAwait(false);

        var exit = await watch.EndAsync(Promise, cancellationToken).ConfigureAwait(false);
        Expect.Same(Promise, 5, exit.ExitCode);
        Expect.Same(Promise, false, exit.WasKilled);
        Expect.Sequence(Promise, [$"{LauncherProbe.Begun} 5", LauncherProbe.Stopping], watch.Lines());
    }

    /// <summary>A task that does not stop when asked keeps running until it is killed, and nothing that it started is left.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_task_that_is_killed_ends_at_once_with_all_that_it_started(CancellationToken cancellationToken)
    {
        const string Promise =
            "KillAsync ends a task that does not stop, with all processes that it started, and OnExit says that it was killed.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        var watch = new ProbedTask(Patience);
        var task = await run.LaunchAsync(run.Request(LauncherProbe.Ignore), watch, cancellationToken).ConfigureAwait(false);
        var begun = await watch.LineAsync(Promise, LauncherProbe.Begun, cancellationToken).ConfigureAwait(false);
        await task.RequestStopAsync().ConfigureAwait(false);
        await watch.LineAsync(Promise, LauncherProbe.Stopping, cancellationToken).ConfigureAwait(false);
        Expect.Same("RequestStopAsync leaves it to the task when it ends.", 0, watch.Ends);

        await task.KillAsync().ConfigureAwait(false);

        var exit = await watch.EndAsync(Promise, cancellationToken).ConfigureAwait(false);
        Require(Promise, exit is { WasKilled: true, ExitCode: not 0 }, "WasKilled, and an exit code other than 0", $"{exit}");
        await RequireGoneAsync(Promise, begun, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Who stops or kills a task that has ended does no harm: its process id may be another's by then.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Stopping_and_killing_a_task_that_has_ended_does_nothing(CancellationToken cancellationToken)
    {
        const string Promise = "RequestStopAsync and KillAsync of a task that has ended do nothing.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        var watch = new ProbedTask(Patience);
        var task = await run.LaunchAsync(run.Request(LauncherProbe.Succeed), watch, cancellationToken).ConfigureAwait(false);
        await watch.EndAsync(Promise, cancellationToken).ConfigureAwait(false);

        await task.RequestStopAsync().ConfigureAwait(false);
        await task.KillAsync().ConfigureAwait(false);

        Expect.Same(Promise, 1, watch.Ends);
        Expect.Same(Promise, null, watch.Fault);
    }

    /// <summary>A failure to start is an error of the launch, or a failed end; never silence.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_program_that_is_not_there_fails_the_attempt(CancellationToken cancellationToken)
    {
        const string Promise =
            "When the program cannot be started, LaunchAsync fails with a MetaflowException, or the end that it tells is a failure.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        try
        {
            var request = run.Request(LauncherProbe.Succeed) with { Program = new ProgramLocation("/nowhere/no-such-program", []) };
            var (_, exit) = await RunAsync(run, request, Promise, cancellationToken).ConfigureAwait(false);
            Require(Promise, exit.ExitCode != 0, "an exit code other than 0", $"{exit}");
        }
        catch (MetaflowException)
        {
            // This is the other way to tell.
        }
    }

    private static void Require(string promise, bool holds, string expected, string found)
    {
        if (!holds)
        {
            throw new ConformanceException(promise, expected, found);
        }
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited && !IsZombie(processId);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // One that has ended and whose parent has not asked for its exit code runs nothing.
    private static bool IsZombie(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Task<ProbedRun> BeginAsync() => ProbedRun.BeginAsync(DatastoreIn, MetadataType, Create, Decorators);

    private async Task<(ProbedTask Watch, TaskExit Exit)> RunAsync(
        ProbedRun run, LaunchRequest request, string promise, CancellationToken cancellationToken)
    {
        var watch = new ProbedTask(Patience);
        await run.LaunchAsync(request, watch, cancellationToken).ConfigureAwait(false);
        var exit = await watch.EndAsync(promise, cancellationToken).ConfigureAwait(false);
        Expect.Same("One task's calls of its observer never overlap, and OnExit is the last.", null, watch.Fault);
        return (watch, exit);
    }

    /// <summary>Waits until the processes are gone that a task wrote down.</summary>
    private async Task RequireGoneAsync(string promise, string begun, CancellationToken cancellationToken)
    {
        if (!TasksRunHere)
        {
            return;
        }

        var processes = begun.Split(' ').Skip(1).Select(static id => int.Parse(id, CultureInfo.InvariantCulture)).ToList();
        for (var start = Stopwatch.StartNew(); processes.Exists(IsRunning);)
        {
            Require(promise, start.Elapsed < Patience, "no process of the task", $"process {processes.Find(IsRunning)} still runs");
            await Task.Delay(20, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Opens the launcher that is tested.</summary>
    /// <param name="options">What it launches with, as its factory is given it.</param>
    /// <returns>The launcher, which the suite disposes of.</returns>
    protected abstract ITaskLauncher Create(LauncherOptions options);

    /// <summary>Says where the datastore of a run is: one that the tasks reach too. By default a folder of this machine.</summary>
    /// <param name="folder">A new folder, which is removed after the case.</param>
    /// <returns>The address.</returns>
    protected virtual StoreAddress DatastoreIn(string folder) => StoreAddress.Local(Path.Combine(folder, ".metaflow"));
}
