using Metaflow;
using Metaflow.Launching;
using Metaflow.Plugins;
using Metaflow.Running;
using Metaflow.Testing.Conformance;

namespace SamplePlugins.Tests;

/// <summary>The annex keeps the promises that the scheduler relies on.</summary>
public sealed class AnnexTests : TaskLauncherConformance
{
    public static TheoryData<string> Cases => new(CasesOf<TaskLauncherConformance>());

    protected override IReadOnlyList<DecoratorAttribute> Decorators => [new AnnexAttribute()];

    protected override LaunchHandle UnknownHandle => LaunchHandle.Parse("annex:2147483647/1");

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Conforms(string name) => RunAsync(name, TestContext.Current.CancellationToken);

    protected override ITaskLauncher Create(LauncherOptions options)
        => ProgramPlugins.Registry.Find<ILauncherFactory>("annex")!.Open(options);
}
