using Metaflow.Launching;
using Metaflow.Plugins;
using Metaflow.Running;
using Metaflow.Testing.Conformance;
using Suite = Metaflow.Testing.Conformance.TaskLauncherConformance;

namespace Metaflow.Testing.Tests.Conformance;

/// <summary>A launcher that breaks a promise fails the case of it. Apart from those that keep them, which it runs beside.</summary>
public sealed class FaultyLauncherTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LauncherFault.LosesArguments, nameof(Suite.A_task_is_run_and_its_end_is_told_once), "the exit code 0")]
    [InlineData(LauncherFault.TellsEndTwice, nameof(Suite.A_task_is_run_and_its_end_is_told_once), "OnExit was called twice")]
    [InlineData(LauncherFault.TellsEndEarly, nameof(Suite.What_a_task_writes_is_told_and_stored_as_it_is), "OnOutput was called with")]
    [InlineData(LauncherFault.CallsEveryFailureOne, nameof(Suite.The_exit_code_is_that_of_the_process), "found:    1")]
    [InlineData(LauncherFault.MixesStreams, nameof(Suite.What_a_task_writes_is_told_and_stored_as_it_is), "items")]
    [InlineData(LauncherFault.LosesEmptyLines, nameof(Suite.What_a_task_writes_is_told_and_stored_as_it_is), "(5 items)")]
    [InlineData(LauncherFault.LosesEveryThousandthLine, nameof(Suite.No_line_of_many_is_lost), "(19980 items)")]
    [InlineData(LauncherFault.StoresAll, nameof(Suite.A_log_is_as_long_as_asked_for), "1 to 20000 bytes")]
    [InlineData(LauncherFault.EndsWhenAskedToStop, nameof(Suite.A_task_that_is_asked_to_stop_ends_by_itself), "-9")]
    [InlineData(LauncherFault.CallsNothingKilled, nameof(Suite.A_task_that_is_killed_ends_at_once_with_all_that_it_started), "WasKilled")]
    [InlineData(LauncherFault.SwallowsFailures, nameof(Suite.A_program_that_is_not_there_fails_the_attempt), "an exit code other than 0")]
    [InlineData(LauncherFault.LosesVariables, nameof(Suite.A_task_has_its_own_variables_and_no_other_s), "(1 items)")]
    [InlineData(LauncherFault.KeepsVariables, nameof(Suite.A_task_has_its_own_variables_and_no_other_s), "PROBE_PLAIN")]
    [InlineData(LauncherFault.ShowsSecrets, nameof(Suite.Secrets_are_hidden), "found:    [")]
    [InlineData(LauncherFault.LosesNotes, nameof(Suite.Lines_of_the_framework_are_in_the_log), "(2 items)")]
    [InlineData(LauncherFault.HandlesAreOne, nameof(Suite.Tasks_that_run_at_once_are_told_apart), "expected: 6")]
    [InlineData(LauncherFault.InventsTasks, nameof(Suite.A_handle_of_no_task_finds_nothing), "expected: nothing")]
    public async Task A_launcher_that_breaks_a_promise_fails_its_case(LauncherFault fault, string name, string shown)
        => Assert.Contains(shown, await BrokenAsync(fault, name, waits: false), StringComparison.Ordinal);

    // What does not happen is waited for.
    [Theory]
    [InlineData(LauncherFault.IgnoresKill, nameof(Suite.A_task_that_is_killed_ends_at_once_with_all_that_it_started), "a call of OnExit")]
    [InlineData(LauncherFault.KnowsNoDeadline, nameof(Suite.A_task_that_takes_too_long_is_ended), "a call of OnExit")]
    [InlineData(LauncherFault.TellsTheWrongObserver, nameof(Suite.Tasks_that_run_at_once_are_told_apart), "a line 'begun")]
    [InlineData(LauncherFault.LeavesOrphans, nameof(Suite.A_task_whose_scheduler_is_gone_is_followed_or_ended), "still runs")]
    [InlineData(LauncherFault.InventsTasks, nameof(Suite.The_end_of_a_task_that_nobody_saw_is_told_when_it_is_known), "a call of OnExit")]
    public async Task A_launcher_that_does_not_do_what_it_must_fails_the_case_after_a_while(LauncherFault fault, string name, string shown)
        => Assert.Contains(shown, await BrokenAsync(fault, name, waits: true), StringComparison.Ordinal);

    [Fact]
    public async Task What_a_launcher_throws_where_it_must_not_comes_out_of_the_case()
    {
        var suite = new FaultySuite(LauncherFault.ThrowsAfterTheEnd, waits: false);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => suite.RunAsync(nameof(Suite.Stopping_and_killing_a_task_that_has_ended_does_nothing), Token));
        Assert.Equal("no such process", error.Message);
    }

    private static async Task<string> BrokenAsync(LauncherFault fault, string name, bool waits)
        => (await Assert.ThrowsAsync<ConformanceException>(() => new FaultySuite(fault, waits).RunAsync(name, Token))).Message;

    private sealed class FaultySuite(LauncherFault fault, bool waits) : TaskLauncherConformance
    {
        protected override LaunchHandle UnknownHandle => LaunchHandle.Parse("local:2147483647/1");

        protected override TimeSpan Patience => TimeSpan.FromSeconds(waits ? 4 : 60);

        protected override ITaskLauncher Create(LauncherOptions options)
            => new FaultyLauncher(ProgramPlugins.Registry.Find<ILauncherFactory>(LaunchHandle.Local)!.Open(options), fault);
    }
}
