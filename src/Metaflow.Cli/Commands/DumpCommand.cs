using System.Globalization;
using System.Text;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Definition;
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
    private const string CSharp = "csharp";
    private const string Json = "json";
    private const string Text = "text";
    private const int DefaultMaxValueSize = 1_000_000;
    private const int DefaultMaxTextSize = 1000;
    private static readonly string[] Formats = [CSharp, Json, Text, "python"];

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Print the artifacts of a task, or of all tasks of a step.",
        Details =
            $"INPUT is {TaskArgument.Forms}; a run alone stands for its end step. Each artifact is shown with its type, its size and "
                + "its value; long values are cut. A file gets all values: as a pickle, which Python opens with 'pickle.load', "
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
                    $"Print values up to this many bytes; 0 prints none. For 'text' the default is {DefaultMaxTextSize}. Other formats and "
                        + "files get all values unless it is given.",
            },
            new() { Name = Include, ValueName = "name,name…", Description = "Print only these artifacts." },
            new()
            {
                Name = Format,
                ValueName = string.Join('|', Formats),
                Choices = Formats,
                Default = CSharp,
                Description =
                    "'json' is for programs, 'text' what Python Metaflow prints, 'python' a dictionary as Python writes it.",
            },
            JsonOutput.Option,
            new() { Name = File, ValueName = "path", Description = "Write to this file." },
        ],
        Examples =
        [
            "dump latest", "dump latest/train[3] --include model,losses",
            "dump 1795299563529680/start/1 --max-value-size 100000 --include genres", "dump latest/end --file artifacts.pkl",
        ],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context)
    {
        TaskArgument.Of(context, takesRun: true);
        MaxSize(context, DefaultMaxValueSize);
        if (JsonOutput.IsWanted(context) && context.Line.Text(Format) is { } format and not Json)
        {
            throw UsageErrors.Conflict($"Option '--json' cannot be used together with '--format {format}'.", "Give one of them.");
        }
    }

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(FlowContext context)
    {
        var definition = context.Application.Definition;
        var include = DeclaredNames.Given(context.Line.Text(Include), definition);
        var file = context.Line.Text(File);
        var format = JsonOutput.IsWanted(context) ? Json : context.Line.Text(Format) ?? (file is null ? CSharp : null);
        var tasks = TasksOf(context);
        TaskArgument.CheckNames(definition, include, tasks, context.Line.Flag(Private));
        var hasLimit = context.Line.Text(MaxValueSize) is not null || (format == Text && file is null);
        var dump = new ArtifactDump(context.Line.Flag(Private), include, hasLimit ? MaxSize(context, DefaultMaxTextSize) : null);
        if (format == CSharp)
        {
            return Task.FromResult(Show(context, dump, tasks, file));
        }

        foreach (var task in tasks)
        {
            context.Say($"Dumping output of run_id={task.Path.RunId} step={task.Path.Step} task_id={task.Id}");
            dump.Add(task);
            if (format == Text && file is null)
            {
                dump.WriteTexts(context.Streams.Out);
            }
        }

        if (file is not null)
        {
            Write(context, file, stream => dump.WriteTo(stream, format));
        }
        else if (format != Text)
        {
            dump.WriteTo(context.Streams.Out, format!);
        }

        foreach (var failure in dump.LeftOut)
        {
            context.Streams.Error.WriteLine(failure);
        }

        return Task.FromResult(dump.HasFailures ? ExitCodes.Failure : ExitCodes.Success);
    }

    private static int Show(FlowContext context, ArtifactDump dump, IReadOnlyList<TaskHandle> tasks, string? file)
    {
        if (file is null)
        {
            return Show(context, dump, tasks, new StyledWriter(context.Streams.Out, context.Streams.IsRich));
        }

        var exitCode = ExitCodes.Success;
        Write(context, file, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
            exitCode = Show(context, dump, tasks, new StyledWriter(writer, isRich: false));
        });
        return exitCode;
    }

    private static int Show(FlowContext context, ArtifactDump dump, IReadOnlyList<TaskHandle> tasks, StyledWriter writer)
    {
        var shown = new CSharpDump(context.Application.Definition, MaxSize(context, DefaultMaxValueSize), writer, context.Streams);
        foreach (var (index, task) in tasks.Index())
        {
            if (tasks.Count > 1 || !context.IsQuiet)
            {
                if (index > 0)
                {
                    writer.WriteLine("");
                }

                shown.WriteHeading(task);
            }

            shown.Write(dump.Chosen(task));
        }

        return shown.HasFailures ? ExitCodes.Failure : ExitCodes.Success;
    }

    private static void Write(FlowContext context, string file, Action<Stream> write)
    {
        OutputFile.Write(UserPath.Of(file, context.Streams.WorkingFolder), write, overwrite: true);
        context.Say($"Artifacts written to {file}");
    }

    // A run alone stands for its result.
    private static IReadOnlyList<TaskHandle> TasksOf(FlowContext context)
    {
        var input = TaskArgument.Of(context, takesRun: true);
        var run = input.FindRun(context);
        if (input.Step is not null)
        {
            return input.TasksOf(run);
        }

        return run.EndTask is { } end ? [end] : throw new MetadataException(
            ErrorCodes.ObjectNotFound,
            $"The run '{run.Pathspec}' has no result yet.",
            $"Its end step has no task. It has tasks of {string.Join(", ", run.Steps.Select(static step => $"'{step.Name}'").Reverse())}.",
            $"Name a step, as in 'dump {run.Id}/{(run.Steps is [.., var first] ? first.Name : "start")}'.")
        { Pathspec = run.Pathspec };
    }

    private static int MaxSize(FlowContext context, int otherwise) => context.Line.WholeNumber(MaxValueSize, otherwise, minimum: 0);
}
