using Metaflow.Launching;
using Metaflow.Plugins;
using Metaflow.Running;
using Metaflow.Testing.Conformance;

namespace Metaflow.Testing.Tests.Conformance;

/// <summary>The launcher of this machine keeps all promises.</summary>
public sealed class TaskLauncherConformanceTests
{
    public static TheoryData<string> Cases => new(ConformanceSuite.CasesOf<TaskLauncherConformance>());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_local_launcher_conforms(string name) => new LocalSuite().RunAsync(name, Token);

    private sealed class LocalSuite : TaskLauncherConformance
    {
        protected override LaunchHandle UnknownHandle => LaunchHandle.Parse("local:2147483647/1");

        protected override ITaskLauncher Create(LauncherOptions options)
            => ProgramPlugins.Registry.Find<ILauncherFactory>(LaunchHandle.Local)!.Open(options);
    }
}
