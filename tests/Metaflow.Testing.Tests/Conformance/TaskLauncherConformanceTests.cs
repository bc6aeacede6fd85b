using Metaflow.Launching;
using Metaflow.Plugins;
using Metaflow.Running;
using Metaflow.Testing.Conformance;
using Metaflow.Testing.Tests.Runs;

namespace Metaflow.Testing.Tests.Conformance;

/// <summary>The launcher of this machine keeps all promises.</summary>
public sealed class TaskLauncherConformanceTests
{
    public static TheoryData<string> Cases => new(ConformanceSuite.CasesOf<TaskLauncherConformance>());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_local_launcher_conforms(string name) => new LocalSuite().RunAsync(name, Token);

    // All cases are tried of the launcher in samples/plugins, which is of the same kind.
    [Theory]
    [InlineData(nameof(TaskLauncherConformance.No_line_of_many_is_lost))]
    [InlineData(nameof(TaskLauncherConformance.Lines_of_the_framework_are_in_the_log))]
    public Task Jobs_conform_in_what_is_read_while_it_is_written(string name) => new JobSuite().RunAsync(name, Token);

    private sealed class JobSuite : TaskLauncherConformance
    {
        protected override LaunchHandle UnknownHandle => LaunchHandle.Parse("other_machine:2147483647");

        protected override ITaskLauncher Create(LauncherOptions options) => new OtherMachine(options);
    }

    private sealed class LocalSuite : TaskLauncherConformance
    {
        protected override LaunchHandle UnknownHandle => LaunchHandle.Parse("local:2147483647/1");

        protected override ITaskLauncher Create(LauncherOptions options)
            => ProgramPlugins.Registry.Find<ILauncherFactory>(LaunchHandle.Local)!.Open(options);
    }
}
