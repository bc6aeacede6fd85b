using System.Text.Json;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Running;
using Metaflow.Settings;

namespace Metaflow.Cli.Commands;

/// <summary>Runs one step on the inputs of an earlier task, beside all runs.</summary>
internal sealed class SpinCommand(IFlowApplication application) : Command<FlowContext>
{
    private const string Artifact = "artifact";
    private const string ArtifactsFile = "artifacts-file";
    private const string SkipDecorators = "skip-decorators";
    private const string Persist = "persist";
    private const string MaxLogSize = "max-log-size";
    private const string RunIdFile = "run-id-file";

    /// <inheritdoc/>
    public override bool ShowsHeader => true;

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Run one step on the inputs of an earlier task, to try a change of it.",
        Details =
            "INPUT is 'run/step/task', 'run/step' for the newest task of the step, or 'step' for the same in the newest run. 'run' may "
                + "be 'latest' or 'latest-failed'. The earlier run is not changed. With --persist, the results are kept in "
                + "'.metaflow_spin'. A parameter that you give replaces that of the earlier run.",
        Arguments = ["INPUT"],
        RequiredArguments = 1,
        Options =
        [
            .. ParameterOptions.Of(application.Definition).Select(static option => option with { IsRequired = false, Default = null }),
            .. OwnOptions(),
        ],
        Examples = ["spin train", "spin 1795299563529680/train/4 --artifact rate=0.5 --persist"],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context)
    {
        SpinPathspec.Read(context.Application.Definition, context.Line.Arguments[0]);
        RunCommand.CheckDecorators(context, Request(context).With);
        LogFormatOption.Check(context);
    }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(FlowContext context)
    {
        SpinOutcome spin;
        using (var view = LogFormatOption.Open(context))
        {
            var request = Request(context) with { Pathspec = TaskArgument.ToTask(context, context.Line.Arguments[0]) };
            spin = await context.Application.SpinAsync(request, view, context.Interruption).ConfigureAwait(false);
        }

        WriteArtifacts(context, spin);

        if (spin.Root is { } root)
        {
            context.Say($"The results are kept in '{root}' as {spin.Task}.");
        }

        if (spin.Outcome.Error is { } error)
        {
            ErrorView.WriteError(context.Streams, error);
        }

        return spin.Outcome.ExitCode;
    }

    private static void WriteArtifacts(FlowContext context, SpinOutcome spin)
    {
        if (LogFormatOption.IsJson(context))
        {
            context.Streams.Out.WriteLine(PythonJson.WriteLine(new Dictionary<string, object?>
            {
                ["event"] = "spin_result",
                ["task"] = spin.Task.ToString(),
                ["succeeded"] = spin.Outcome.Succeeded,
                ["exit_code"] = spin.Outcome.ExitCode,
                ["root"] = spin.Root,
                ["artifacts"] = spin.Artifacts.ToDictionary(
                    static artifact => artifact.Key, static object? (artifact) => PythonRepr.Of(artifact.Value)),
            }));
            return;
        }

        foreach (var (name, value) in spin.Artifacts)
        {
            context.Streams.Out.WriteLine($"{name} = {PythonRepr.Of(value)}");
        }
    }

    private static SpinRequest Request(FlowContext context)
    {
        var line = context.Line;
        return new SpinRequest(line.Arguments[0])
        {
            Artifacts = Artifacts(context),
            Parameters = line.Parameters,
            With = line.All(FlowContext.WithOption),
            FlowOptions = CommonOptions.FlowOptions(context),
            SkipsDecorators = line.Flag(SkipDecorators),
            Persists = line.Text(Persist) is null
                ? SettingReader.Of(context.Settings).Flag(SettingNames.SpinPersist, otherwise: false)
                : line.Flag(Persist),
            MaxLogSize = line.WholeNumber(MaxLogSize, 10, minimum: 1),
            RunIdFile = line.Text(RunIdFile),
            WorkingFolder = context.Streams.WorkingFolder,
        };
    }

    private static Dictionary<string, string> Artifacts(FlowContext context)
    {
        var artifacts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (context.Line.Text(ArtifactsFile) is { } file)
        {
            ReadFile(UserPath.Of(file, context.Streams.WorkingFolder), artifacts);
        }

        foreach (var text in context.Line.All(Artifact))
        {
            var sign = text.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0)
            {
                throw UsageErrors.InvalidValue(Artifact, $"'{text}' has no name and value.", "Write 'name=JSON', such as 'rate=0.5'.");
            }

            artifacts[text[..sign]] = text[(sign + 1)..];
        }

        return artifacts;
    }

    private static void ReadFile(string path, Dictionary<string, string> artifacts)
    {
        try
        {
            using var json = JsonDocument.Parse(UserFile.ReadAllText(path));
            foreach (var member in json.RootElement.EnumerateObject())
            {
                artifacts[member.Name] = member.Value.GetRawText();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw UsageErrors.InvalidValue(
                ArtifactsFile,
                $"'{path}' cannot be read: {error.Message}",
                "Give a file with a JSON object: a value for each artifact's name.");
        }
    }

    private static IEnumerable<OptionSpecification> OwnOptions() =>
    [
        new()
        {
            Name = Artifact,
            ValueName = "name=json",
            IsRepeatable = true,
            Description = "Replace an inherited artifact. May be given several times.",
        },
        new() { Name = ArtifactsFile, ValueName = "path", Description = "Replace inherited artifacts by the members of a JSON file." },
        new()
        {
            Name = SkipDecorators,
            Opposite = "no-" + SkipDecorators,
            Description = "Leave out all decorators of the step.",
            Default = "no-" + SkipDecorators,
        },
        new()
        {
            Name = Persist,
            Opposite = "no-" + Persist,
            Description = "Keep the results in '.metaflow_spin'.",
            Default = "no-" + Persist,
        },
        new()
        {
            Name = MaxLogSize,
            ValueName = "integer",
            Description = "Maximum size of each output stream of the task, in MB.",
            Default = "10",
        },
        LogFormatOption.Option,
        new() { Name = RunIdFile, ValueName = "path", Description = "Write the run's id into this file." },
        IsolationOption.Specification,
    ];
}
