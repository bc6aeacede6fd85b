using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Logs;
using Metaflow.Naming;

namespace Metaflow.Testing.Conformance;

/// <content>What surrounds a task: its variables and secrets, other tasks, limits, and schedulers that come and go.</content>
public abstract partial class TaskLauncherConformance
{
    /// <summary>Variables reach the task unchanged, those of one task reach no other, and nothing waits on the standard input.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_task_has_its_own_variables_and_no_other_s(CancellationToken cancellationToken)
    {
        const string Promise =
            "The variables of LaunchRequest.Environment reach the task unchanged and no other task; the standard input is at its end.";
        var given = new Dictionary<string, string>
        {
            [LauncherProbe.Variable + "EMPTY"] = "",
            [LauncherProbe.Variable + "PLAIN"] = "value",
            [LauncherProbe.Variable + "ODD"] = "a=b; c'd\"e\\ $HOME `f` %g% 世界\nsecond line",
        };
        await using var run = await BeginAsync().ConfigureAwait(false);
        var request = run.Request(LauncherProbe.Show);

        var giving = request with { Environment = given.Concat(request.Environment).ToDictionary() };
        var (with, _) = await RunAsync(run, giving, Promise, cancellationToken).ConfigureAwait(false);
        var (without, _) = await RunAsync(run, run.Request(LauncherProbe.Show, 2), Promise, cancellationToken).ConfigureAwait(false);

        // Systems differ in whether a variable can be empty.
        var expected = given.Where(static variable => variable.Value.Length > 0)
            .Select(static variable => $"{variable.Key} {JsonSerializer.Serialize(variable.Value)}").Append("input 0");
        var shown = with.Lines().Where(static line => !line.EndsWith("EMPTY \"\"", StringComparison.Ordinal));
        Expect.Sequence(Promise, expected.Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
        Expect.Sequence(Promise, ["input 0"], without.Lines());
    }

    /// <summary>A task's secrets are neither told nor stored.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Secrets_are_hidden(CancellationToken cancellationToken)
    {
        const string Promise =
            "For a request with AnnouncesSecrets, the writer of the log hides the secrets: no observer gets them, and they are not "
                + "stored.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        var request = run.Request(LauncherProbe.Tell);

        var (watch, _) = await RunAsync(run, request, Promise, cancellationToken).ConfigureAwait(false);

        Expect.Sequence(Promise, ["the secret is ***"], watch.Lines());
        Expect.Sequence(Promise, ["the secret is ***"], await run.StoredAsync(request.Task, LogKind.Stdout).ConfigureAwait(false));
    }

    /// <summary>What the framework adds to a task's log is stored with what the task wrote.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Lines_of_the_framework_are_in_the_log(CancellationToken cancellationToken)
    {
        const string Promise =
            "AddLogLine adds to the task's stored logs, beside what the task writes, at the latest when the launcher is disposed of.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        var watch = new ProbedTask(Patience);
        var request = run.Request(LauncherProbe.Wait, 6);
        var task = await run.LaunchAsync(request, watch, cancellationToken).ConfigureAwait(false);
        await watch.LineAsync(Promise, LauncherProbe.Begun, cancellationToken).ConfigureAwait(false);
        task.AddLogLine("a note", isError: false);
        task.AddLogLine("a word of warning", isError: true);
        await task.RequestStopAsync().ConfigureAwait(false);
        await watch.EndAsync(Promise, cancellationToken).ConfigureAwait(false);
        run.LoseLauncher();

        string[] told = [$"{LauncherProbe.Begun} 6", LauncherProbe.Stopping];
        Expect.Sequence("The observer does not get lines that AddLogLine adds: their author knows them.", told, watch.Lines());
        Expect.Sequence(
            Promise,
            ((string[])["a note", $"{LauncherProbe.Begun} 6", LauncherProbe.Stopping]).Order(),
            (await run.StoredAsync(request.Task, LogKind.Stdout).ConfigureAwait(false)).Order());
        Expect.Sequence(Promise, ["a word of warning"], await run.StoredAsync(request.Task, LogKind.Stderr).ConfigureAwait(false));
    }

    /// <summary>A task that runs longer than it may is ended, and the launcher says why.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_task_that_takes_too_long_is_ended(CancellationToken cancellationToken)
    {
        const string Promise =
            "A task that runs longer than LaunchRequest.Deadline is ended; TaskExit.Kind says that it timed out, and TaskExit.Ended why.";
        await using var run = await BeginAsync().ConfigureAwait(false);

        var request = run.Request(LauncherProbe.Ignore) with { Deadline = TimeSpan.FromSeconds(1) };
        var (_, exit) = await RunAsync(run, request, Promise, cancellationToken).ConfigureAwait(false);

        Expect.Same(Promise, FailureKinds.TimedOut, exit.Kind);
        Require(Promise, exit is { ExitCode: not 0, Ended: not null }, "an exit code other than 0, and an error", $"{exit}");
    }

    /// <summary>Tasks run at once, and what they write and how they end is not mixed up.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task Tasks_that_run_at_once_are_told_apart(CancellationToken cancellationToken)
    {
        const string Promise = "Tasks that were launched together run at once, and each observer gets the events of its own task only.";
        const int Tasks = 6;
        await using var run = await BeginAsync().ConfigureAwait(false);
        var watches = Enumerable.Range(1, Tasks).Select(_ => new ProbedTask(Patience)).ToList();
        var launches = watches.Select(
            (watch, index) => run.LaunchAsync(run.Request(LauncherProbe.Wait, index + 1), watch, cancellationToken));
        var tasks = await Task.WhenAll(launches).ConfigureAwait(false);
        for (var i = 0; i < Tasks; i++)
        {
            // None of them ends before it is asked to.
            await watches[i].LineAsync(Promise, LauncherProbe.Begun, cancellationToken).ConfigureAwait(false);
        }

        await Task.WhenAll(tasks.Select(static task => task.RequestStopAsync().AsTask())).ConfigureAwait(false);
        var exits = await Task.WhenAll(watches.Select(watch => watch.EndAsync(Promise, cancellationToken))).ConfigureAwait(false);

        Expect.Sequence(Promise, Enumerable.Range(1, Tasks), exits.Select(static exit => exit.ExitCode));
        var begun = Enumerable.Range(1, Tasks).Select(static id => $"{LauncherProbe.Begun} {id}");
        Expect.Sequence(Promise, begun, watches.Select(static watch => watch.Lines()[0]));
        Expect.Same("Each task has a handle of its own.", Tasks, tasks.Select(static task => task.Handle).Distinct().Count());
    }

    /// <summary>A journal keeps a handle as one line of text.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_handle_is_a_line_of_text_and_back(CancellationToken cancellationToken)
    {
        const string Promise = "A handle is one line of text, and that text is the handle.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        var watch = new ProbedTask(Patience);
        var task = await run.LaunchAsync(run.Request(LauncherProbe.Succeed), watch, cancellationToken).ConfigureAwait(false);
        await watch.EndAsync(Promise, cancellationToken).ConfigureAwait(false);

        var text = task.Handle.ToString();
        Require(Promise, text.IndexOfAny(['\n', '\r']) < 0, "no break of lines", text);
        Expect.Same(Promise, task.Handle, Running.LaunchHandle.Parse(text));
        Expect.Same("The handle names the launcher.", UnknownHandle.Launcher, task.Handle.Launcher);
    }

    /// <summary>A scheduler that continues a run finds its tasks: it follows them, or nothing of them runs.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_task_whose_scheduler_is_gone_is_followed_or_ended(CancellationToken cancellationToken)
    {
        const string Promise =
            "AttachAsync follows a task of another scheduler further, to its end; or it returns null, and then nothing of it runs.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        var first = new ProbedTask(Patience);
        var request = run.Request(LauncherProbe.Ignore);
        var launched = await run.LaunchAsync(request, first, cancellationToken).ConfigureAwait(false);
        var begun = await first.LineAsync(Promise, LauncherProbe.Begun, cancellationToken).ConfigureAwait(false);
        var handle = launched.Handle;
        run.LoseLauncher();

        using var launcher = Create(run.Options);
        var watch = new ProbedTask(Patience);
        var lost = new AttachRequest(request.Task, 0, handle, ProbedRun.MaxLogBytes);
        using var attached = await launcher.AttachAsync(lost, watch, cancellationToken).ConfigureAwait(false);
        if (attached is not null)
        {
            Expect.Same("A task that is followed further has the handle by which it was found.", handle, attached.Handle);
            await attached.RequestStopAsync().ConfigureAwait(false);
            await watch.LineAsync(Promise, LauncherProbe.Stopping, cancellationToken).ConfigureAwait(false);
            await attached.KillAsync().ConfigureAwait(false);
            Expect.Same(Promise, true, (await watch.EndAsync(Promise, cancellationToken).ConfigureAwait(false)).WasKilled);
            Expect.Sequence("An observer does not get lines again that an earlier scheduler's observer "
                + "got.", [LauncherProbe.Stopping], watch.Lines());
        }

        await RequireGoneAsync(Promise, begun, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The end of a task that ended while nobody looked is told, or the attempt is given up.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task The_end_of_a_task_that_nobody_saw_is_told_when_it_is_known(CancellationToken cancellationToken)
    {
        const string Promise = "AttachAsync to a task that has ended tells its end, or returns null.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        var request = run.Request(LauncherProbe.Exit, 9);
        var first = new ProbedTask(Patience);
        var handle = (await run.LaunchAsync(request, first, cancellationToken).ConfigureAwait(false)).Handle;
        await first.EndAsync(Promise, cancellationToken).ConfigureAwait(false);
        run.LoseLauncher();

        using var launcher = Create(run.Options);
        var watch = new ProbedTask(Patience);
        var lost = new AttachRequest(request.Task, 0, handle, ProbedRun.MaxLogBytes);
        using var attached = await launcher.AttachAsync(lost, watch, cancellationToken).ConfigureAwait(false);
        if (attached is not null)
        {
            Expect.Same(Promise, 9, (await watch.EndAsync(Promise, cancellationToken).ConfigureAwait(false)).ExitCode);
        }
    }

    /// <summary>A handle that stands for nothing is not an error: the attempt is run again.</summary>
    /// <param name="cancellationToken">Ends the case early.</param>
    /// <returns>A task that ends when the promise was kept.</returns>
    public virtual async Task A_handle_of_no_task_finds_nothing(CancellationToken cancellationToken)
    {
        const string Promise = "AttachAsync returns null for a handle of which nothing is known.";
        await using var run = await BeginAsync().ConfigureAwait(false);
        var task = new TaskPath(LauncherProbe.Name, "1", LauncherProbe.Succeed, "77");
        using var launcher = Create(run.Options);

        var unknown = new AttachRequest(task, 0, UnknownHandle, ProbedRun.MaxLogBytes);
        using var found = await launcher.AttachAsync(unknown, new ProbedTask(Patience), cancellationToken).ConfigureAwait(false);

        Expect.Same(Promise, null, found);
    }
}
