using System.ComponentModel;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Naming;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Testing.Tests.Runs;

/// <summary>Launchers of packages whose authors did not think of a failure.</summary>
public sealed class FaultyJobLauncherTests
{
    [Theory]
    [InlineData(typeof(Win32Exception), ErrorCodes.ProcessNotStarted, "could not be started")]
    [InlineData(
        typeof(FormatException), ErrorCodes.PluginFault,
        "FaultyJobLauncherTests+Refusing' comes from a plug-in, 'Metaflow.Testing.Tests'")]
    public async Task What_a_submission_throws_is_an_error_of_the_attempt_that_says_whose_fault_it_is(
        Type thrown, string code, string shown)
    {
        using var launcher = new Refusing((Exception)Activator.CreateInstance(thrown)!);
        var task = new TaskPath("F", "1", "start", "1");
        var request = new LaunchRequest(task, 0, ["step"], new Dictionary<string, string>(), 100)
        {
            Program = new ProgramLocation("/flow", []),
        };

        var error = await Assert.ThrowsAsync<LaunchException>(
            async () => await launcher.LaunchAsync(request, null!, TestContext.Current.CancellationToken));

        Assert.Equal(code, error.Code);
        Assert.Contains(shown, error.Message, StringComparison.Ordinal);
    }

    private sealed class Refusing(Exception thrown)
        : JobLauncher("refusing", new LauncherOptions(RunStores.InMemory(), StoreOptions.Without(TimeProvider.System)))
    {
        protected override ValueTask<string> SubmitAsync(JobRequest job, CancellationToken cancellationToken) => throw thrown;

        protected override ValueTask<IReadOnlyList<JobState>> PollAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
            => new([]);

        protected override ValueTask EndAsync(string id, bool atOnce, CancellationToken cancellationToken) => default;
    }
}
