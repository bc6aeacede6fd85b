using System.Globalization;
using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>Prints the artifacts of tasks.</summary>
internal sealed class DumpCommand : FlowCommand
{
    private const string Private = "private";
    private const string MaxValueSize = "max-value-size";
    private const string Include = "include";
    private const int DefaultMaxValueSize = 1000;

    /// <inheritdoc/>
    public override CommandSpecification Specify(IFlowApplication application) => new()
    {
        Name = "dump",
        Summary = "Print the artifacts of a task, or of all tasks of a step.",
        Details = "INPUT is 'run/step' or 'run/step/task'. Each artifact is a line: name, size in bytes and type, and the value as Python shows it.",
        Arguments = ["INPUT"],
        RequiredArguments = 1,
        Options =
        [
            new() { Name = Private, Opposite = "no-private", Description = "Print the framework's own artifacts too.", Default = "no-private" },
            new()
            {
                Name = MaxValueSize,
                ValueName = "integer",
                Default = DefaultMaxValueSize.ToString(CultureInfo.InvariantCulture),
                Description = "Print values up to this many bytes; 0 prints none.",
            },
            new() { Name = Include, ValueName = "name,name…", Description = "Print only these artifacts." },
        ],
        Examples = ["dump 1795299563529680/start", "dump 1795299563529680/start/1 --max-value-size 100000 --include genres"],
    };

    /// <inheritdoc/>
    public override void CheckInput(CommandContext context)
    {
        TaskInput.Of(context);
        MaxSize(context);
    }

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        var maxSize = MaxSize(context);
        var exitCode = ExitCodes.Success;
        foreach (var task in TaskInput.Of(context).FindTasks(context))
        {
            context.Say($"Dumping output of run_id={task.Path.RunId} step={task.Path.Step} task_id={task.Id}");
            foreach (var artifact in Selected(context, task))
            {
                var text = Value(artifact, maxSize, ref exitCode);
                context.Streams.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{artifact.Name} [size: {artifact.Size} type: {artifact.TypeName}] = {text}"));
            }
        }

        return Task.FromResult(exitCode);
    }

    private static int MaxSize(CommandContext context) => context.Line.Integer(MaxValueSize, DefaultMaxValueSize, minimum: 0);

    private static IEnumerable<ArtifactHandle> Selected(CommandContext context, TaskHandle task)
    {
        var artifacts = context.Line.Flag(Private) ? task.AllArtifacts : task.Artifacts;
        var include = context.Line.Text(Include)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return artifacts.Where(artifact => include.Length == 0 || include.Contains(artifact.Name));
    }

    // One artifact that cannot be read does not hide the others.
    private static string Value(ArtifactHandle artifact, int maxSize, ref int exitCode)
    {
        if (artifact.Size > maxSize || maxSize == 0)
        {
            return "< artifact too large >";
        }

        try
        {
            return PythonRepr.Of(artifact.Value);
        }
        catch (MetaflowException exception)
        {
            exitCode = ExitCodes.Failure;
            return $"< cannot be read: {exception.What} [{exception.Code}] >";
        }
    }
}
