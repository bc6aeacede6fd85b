using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Logs;

namespace Metaflow.Scenarios.Tests.Matrix.Checking;

/// <summary>Looks at a run through the client.</summary>
internal sealed class ClientCheck : CaseCheck
{
    private readonly RunHandle _run;

    public ClientCheck(MatrixRun run)
        : base(run)
    {
        var client = run.Client();
        Assert.Equal("user:tester", client.Namespace);
        Assert.Contains(run.RunId, client.Flow(run.Plan.FlowName).Runs().Select(static one => one.Id));
        Assert.Throws<MetadataException>(() => client.WithNamespace("user:nobody").Run($"{run.Plan.FlowName}/{run.RunId}"));
        Assert.Equal(run.RunId, client.WithNamespace(null).Run($"{run.Plan.FlowName}/{run.RunId}").Id);
        _run = client.Run($"{run.Plan.FlowName}/{run.RunId}");
        Assert.Equal(!run.Plan.Fails, _run.Finished);
        Assert.Subset(
            run.Graph.Steps.Select(static step => step.Name).ToHashSet(), _run.Steps.Select(static step => step.Name).ToHashSet());
        Assert.Subset(_run.UserTags.ToHashSet(), MatrixRun.Tags.ToHashSet());
    }

    public override RunHandle Run => _run;

    public override IReadOnlyCollection<string> UserTags => Case.Client().Run(_run.Pathspec).UserTags;

    public override IReadOnlyCollection<string> SystemTags => Case.Client().Run(_run.Pathspec).SystemTags;

    public override void ChangeTags(IReadOnlyList<string> add, IReadOnlyList<string> remove) => _run.ChangeTags(add, remove);

    public override IReadOnlyDictionary<string, string> Artifact(string step, string name)
        => _run.Step(step).Tasks.Where(task => task.Data.Contains(name)).ToDictionary(
            static task => task.Id, task => PythonText.Of(task.Data[name]));

    public override string Log(string step, string stream)
        => string.Concat(_run.Step(step).Tasks.Reverse()
            .SelectMany(task => task.LogLines(stream == "stdout" ? LogKind.Stdout : LogKind.Stderr))
            .Select(static line => line.Text + "\n"));

    public override void NotRun(string step) => Assert.DoesNotContain(step, _run.Steps.Select(static one => one.Name));
}
