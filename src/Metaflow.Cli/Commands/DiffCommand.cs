using System.Globalization;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Values;
using Metaflow.Cli.Views;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Cli.Commands;

/// <summary>Says what two runs do not have in common.</summary>
internal sealed class DiffCommand : Command<FlowContext>
{
    private const string Private = "private";
    private const string Include = "include";
    private const int Different = 1;
    private const int Trouble = 2;
    private const int LongestValue = 60;

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Compare two runs: parameters, code, tasks and artifacts.",
        Details =
            "Tasks are compared by their step and their place in foreaches, artifacts by value. What changed is shown once, at the first "
                + "step that has it. The exit code is 0 when the runs are the same, 1 when they differ and 2 when they cannot be compared. "
                + "'latest' is the newest run.",
        Arguments = ["RUN1", "RUN2"],
        RequiredArguments = 2,
        Options =
        [
            new()
            {
                Name = Private,
                Opposite = "no-private",
                Description = "Compare the framework's own artifacts too.",
                Default = "no-private",
            },
            new() { Name = Include, ValueName = "name,name…", Description = "Compare only these artifacts." },
            JsonOutput.Option,
        ],
        Examples = ["diff 1795299563529680 latest", "diff 1795299563529680 1795299563531111 --include accuracy --json"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(FlowContext context)
    {
        try
        {
            var left = RunChoice.Find(context, context.Line.Arguments[0], null);
            var right = RunChoice.Find(context, context.Line.Arguments[1], null);
            var include = DeclaredNames.Given(context.Line.Text(Include), context.Application.Definition);
            TaskArgument.CheckNames(context.Application.Definition, include, [.. left.Tasks, .. right.Tasks], context.Line.Flag(Private));
            var differences = new RunComparison(context.Line.Flag(Private), include).Compare(left, right).ToList();
            if (JsonOutput.IsWanted(context))
            {
                JsonOutput.Write(context, ToData(left, right, differences));
            }
            else
            {
                Write(context, left, right, differences);
            }

            return Task.FromResult(differences.Count == 0 ? ExitCodes.Success : Different);
        }
        catch (MetaflowException error)
        {
            ErrorView.WriteError(context.Streams, error);
            return Task.FromResult(Trouble);
        }
    }

    private static void Write(FlowContext context, RunHandle left, RunHandle right, List<RunDifference> differences)
    {
        var writer = new StyledWriter(context.Streams.Out, context.Streams.IsRich);
        if (differences.Count == 0)
        {
            context.Say($"'{left.Pathspec}' and '{right.Pathspec}' are the same.");
            return;
        }

        writer.WriteLine(new("--- ", TextStyle.Failure), new StyledText(left.Pathspec, TextStyle.Strong));
        writer.WriteLine(new("+++ ", TextStyle.Success), new StyledText(right.Pathspec, TextStyle.Strong));
        foreach (var place in differences.GroupBy(static difference => difference.Title))
        {
            if (place.First() is { Name: null } whole)
            {
                writer.WriteLine(
                    new StyledText(Mark(whole), StyleOf(whole)), $" {place.Key}: only in {(whole.Left is null ? right : left).Pathspec}");
                continue;
            }

            writer.WriteLine(VisibleText.Line($"  {place.Key}:"));
            foreach (var difference in place)
            {
                var (text, parts) = Text(difference);
                writer.WriteLine(
                    new StyledText($"{Mark(difference)}     ", StyleOf(difference)), VisibleText.Line($"{difference.Name}: {text}"));
                foreach (var part in parts)
                {
                    writer.WriteLine(VisibleText.Line($"          {part}"));
                }
            }
        }
    }

    private static string Mark(RunDifference difference) => difference.Kind switch { "added" => "+", "removed" => "-", _ => "~" };

    private static TextStyle StyleOf(RunDifference difference)
        => difference.Kind switch { "added" => TextStyle.Success, "removed" => TextStyle.Failure, _ => TextStyle.Status };

    private static (string Text, IReadOnlyList<string> Parts) Text(RunDifference difference) => difference switch
    {
        { Name: RunDifference.Code } => ("changed", []),
        { Left: { IsRead: true } left, Right: { IsRead: true } right } => ValueChange.Of(left.Value, right.Value),
        { Left: { } left, Right: { } right } => ($"{Text(left)} -> {Text(right)}", []),
        _ => (Text((difference.Left ?? difference.Right)!), []),
    };

    private static string Text(DifferentValue value) => value.IsRead
        ? ValueText.Fitting(value.Value, null, LongestValue)
        : string.Create(CultureInfo.InvariantCulture, $"({value.Size:N0} bytes)");

    private static Dictionary<string, object?> ToData(RunHandle left, RunHandle right, IEnumerable<RunDifference> differences) => new()
    {
        ["left"] = left.Pathspec,
        ["right"] = right.Pathspec,
        ["differences"] = differences.Select(static difference => new Dictionary<string, object?>
        {
            ["kind"] = difference.Kind,
            ["place"] = difference.Place,
            ["name"] = difference.Name,
            ["left"] = ToData(difference.Left),
            ["right"] = ToData(difference.Right),
        }).ToArray(),
    };

    private static Dictionary<string, object?>? ToData(DifferentValue? value) => value is null
        ? null
        : new() { ["sha"] = value.Sha, ["size"] = value.Size, ["value"] = value.IsRead ? ArtifactJson.Of(value.Value) : null };
}
