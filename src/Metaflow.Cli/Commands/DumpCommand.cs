using System.Globalization;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Prints the artifacts of tasks, or writes them to a file.</summary>
internal sealed class DumpCommand : Command<FlowContext>
{
    private const string Private = "private";
    private const string MaxValueSize = "max-value-size";
    private const string Include = "include";
    private const string Format = "format";
    private const string File = "file";
    private const int DefaultMaxValueSize = 1000;

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Print the artifacts of a task, or of all tasks of a step.",
        Details =
            "INPUT is 'run/step' or 'run/step/task'; 'latest' is the newest run. Each artifact is a line: name, size in bytes and "
                + "type, and the value "
                + "as Python shows it. A file gets all values: as a pickle, which Python opens with 'pickle.load', "
                + "unless a format is given.",
        Arguments = ["INPUT"],
        RequiredArguments = 1,
        Options =
        [
            new()
            {
                Name = Private,
                Opposite = "no-private",
                Description = "Print the framework's own artifacts too.",
                Default = "no-private",
            },
            new()
            {
                Name = MaxValueSize,
                ValueName = "integer",
                Default = DefaultMaxValueSize.ToString(CultureInfo.InvariantCulture),
                Description =
                    "Print values up to this many bytes; 0 prints none. Other formats and files get all values unless it is given.",
            },
            new() { Name = Include, ValueName = "name,name…", Description = "Print only these artifacts." },
            new()
            {
                Name = Format,
                ValueName = "text|json|python",
                Choices = ["text", "json", "python"],
                Default = "text",
                Description = "'json' for programs, 'python' for a dictionary as Python writes it.",
            },
            JsonOutput.Option,
            new() { Name = File, ValueName = "path", Description = "Write to this file." },
        ],
        Examples =
        [
            "dump 1795299563529680/start", "dump 1795299563529680/start/1 --max-value-size 100000 --include genres",
            "dump latest/end --file artifacts.pkl",
        ],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context)
    {
        TaskArgument.Of(context);
        MaxSize(context);
        if (JsonOutput.IsWanted(context) && context.Line.Text(Format) is { } format and not "json")
        {
            throw UsageErrors.Conflict($"Option '--json' cannot be used together with '--format {format}'.", "Give one of them.");
        }
    }

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(FlowContext context)
    {
        var include = context.Line.Text(Include)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        var format = JsonOutput.IsWanted(context) ? "json" : context.Line.Text(Format);
        var file = context.Line.Text(File);
        var isText = file is null && format is null or "text";
        var dump = new ArtifactDump(
            context.Line.Flag(Private), include, context.Line.Text(MaxValueSize) is null && !isText ? null : MaxSize(context));
        var tasks = TaskArgument.Of(context).FindTasks(context);
        TaskArgument.CheckNames(context.Application.Definition, include, tasks, context.Line.Flag(Private));
        foreach (var task in tasks)
        {
            context.Say($"Dumping output of run_id={task.Path.RunId} step={task.Path.Step} task_id={task.Id}");
            dump.Add(task);
            if (isText)
            {
                dump.WriteTexts(context.Streams.Out);
            }
        }

        if (file is not null)
        {
            OutputFile.Write(UserPath.Of(file, context.Streams.WorkingFolder), stream => dump.WriteTo(stream, format), overwrite: true);
            context.Say($"Artifacts written to {file}");
        }
        else if (!isText)
        {
            dump.WriteTo(context.Streams.Out, format!);
        }

        foreach (var failure in dump.LeftOut)
        {
            context.Streams.Error.WriteLine(failure);
        }

        return Task.FromResult(dump.HasFailures ? ExitCodes.Failure : ExitCodes.Success);
    }

    private static int MaxSize(FlowContext context) => context.Line.WholeNumber(MaxValueSize, DefaultMaxValueSize, minimum: 0);
}
