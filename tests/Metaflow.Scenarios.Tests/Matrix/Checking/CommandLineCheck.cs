using System.Text.RegularExpressions;

namespace Metaflow.Scenarios.Tests.Matrix.Checking;

/// <summary>Looks at a run through the commands of the flow's program.</summary>
internal sealed partial class CommandLineCheck(MatrixRun run) : CaseCheck(run)
{
    private readonly Lazy<Dictionary<string, CommandOutcome>> _dumps = new(() => DumpAll(run));

    public override IReadOnlyCollection<string> UserTags
        => Lines("--quiet", "tag", "list", "--flat", "--hide-system-tags", "--run-id", Case.RunId);

    public override IReadOnlyCollection<string> SystemTags
        => [.. Lines("--quiet", "tag", "list", "--flat", "--run-id", Case.RunId).Except(UserTags)];

    public override void ChangeTags(IReadOnlyList<string> add, IReadOnlyList<string> remove)
        => Only((add, remove) switch
        {
            (_, []) => ["tag", "add", "--run-id", Case.RunId, .. add],
            ([], _) => ["tag", "remove", "--run-id", Case.RunId, .. remove],
            _ =>
            [
                "tag", "replace", "--run-id", Case.RunId, .. add.SelectMany(static tag => (string[])["--add", tag]),
                .. remove.SelectMany(static tag => (string[])["--remove", tag]),
            ],
        });

    public override IReadOnlyDictionary<string, string> Artifact(string step, string name)
    {
        var outcome = _dumps.Value[step];
        Assert.True(outcome.ExitCode == 0, outcome.All);
        var values = new Dictionary<string, string>();
        var task = "";
        foreach (var line in outcome.Output.Split('\n'))
        {
            if (Header().Match(line) is { Success: true } header)
            {
                task = header.Groups[1].Value;
            }
            else if (Value().Match(line) is { Success: true } value && value.Groups[1].Value == name)
            {
                values.Add(task, value.Groups[2].Value);
            }
        }

        return values;
    }

    public override string Log(string step, string stream)
        => Only(["--quiet", "logs", "--" + stream, $"{Case.RunId}/{step}"]);

    public override void NotRun(string step)
    {
        Assert.Equal(1, _dumps.Value[step].ExitCode);
        Assert.Contains("MF5004", _dumps.Value[step].Output, StringComparison.Ordinal);
    }

    private static Dictionary<string, CommandOutcome> DumpAll(MatrixRun run)
    {
        var steps = run.Graph.Steps.Select(static step => step.Name).ToList();
        string[] include = run.Plan.Dumped.Count > 0 ? ["--include", string.Join(',', run.Plan.Dumped)] : [];
        var outcomes = run.RunCommands(
            [
                .. steps.Select(step => (string[])
                [
                    "dump", "--format", "text", "--private", "--max-value-size", "100000000", .. include, $"{run.RunId}/{step}",
                ]),
            ]);
        return steps.Zip(outcomes).ToDictionary(static pair => pair.First, static pair => pair.Second);
    }

    private string[] Lines(params string[] command) => Only(command).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string Only(IReadOnlyList<string> command) => Case.RunCommands([command])[0].Succeeded().Output;

    [GeneratedRegex(@"^Dumping output of run_id=\S+ step=\w+ task_id=(\S+)$")]
    private static partial Regex Header();

    [GeneratedRegex(@"^(\w+) \[size: \d+ type: .*?\] = (.*)$")]
    private static partial Regex Value();
}
