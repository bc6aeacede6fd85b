using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Commands;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Runs;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Scheduling;

/// <summary>Runs a flow from the registration of the run to its recorded end, or continues it.</summary>
internal sealed partial class RunScheduler(RunContext context)
{
    /// <summary>Runs the flow.</summary>
    /// <param name="interruption">Asks the run to stop from outside.</param>
    /// <returns>How it ended.</returns>
    public async Task<RunOutcome> RunAsync(RunInterruption interruption)
    {
        RunIdFile.Check();

        // Before anything is kept: where nothing can run, there is no run.
        _ = context.Workers;
        var parameters = new RunParameters(context);
        var values = parameters.Resolve(context.Reuse?.Parameters);
        var run = await RegisterAsync().ConfigureAwait(false);
        var folder = FolderOf(run);
        using var held = folder is null ? null : await TakeAsync(folder, run).ConfigureAwait(false);
        await parameters.SaveAsync(run, values).ConfigureAwait(false);
        var policy = RunLoop.PolicyOf(context, run);
        await RecordStartAsync(run, policy).ConfigureAwait(false);
        await WriteRunIdFileAsync(run).ConfigureAwait(false);
        using var journal = new RunJournal(folder is null ? null : JournalFile.Open(folder.Journal));
        TellStarting(run);
        if (context.Reuse?.Plan is { } plan)
        {
            context.Observer.OnEvent(new RunEvent.ResumePlanned(context.Time.GetUtcNow(), plan));
        }

        var loop = new RunLoop(context, run, journal, new SchedulerState(policy), interruption) { ClonesDone = IsResumed ? () => MarkLatestAsync(run) : null };
        return await FollowAsync(run, () => RunWithCodeAsync(parameters.RecordCodeAsync(run), loop.RunAsync(Start)), interruption).ConfigureAwait(false);
    }

    private static SchedulerEvent.RunStarted Start => new(new TaskInput(TaskPath.ParametersStep, "0"));

    private void TellStarting(RunRecord run)
    {
        context.Observer.OnEvent(new RunEvent.RunStarting(context.Time.GetUtcNow(), run.RunId));
        if (context.Workers.Reason is { } reason)
        {
            context.Observer.OnEvent(new RunEvent.Message(context.Time.GetUtcNow(), reason));
        }
    }

    private static async Task<RunOutcome> RunWithCodeAsync(Task recording, Task<RunOutcome> running)
    {
        var outcome = await running.ConfigureAwait(false);
        await recording.ConfigureAwait(false);
        return outcome;
    }

    private async Task<RunOutcome> FollowAsync(RunRecord run, Func<Task<RunOutcome>> runAsync, RunInterruption interruption)
    {
        var hooks = new RunHooks(context, run);
        await hooks.TellStartingAsync().ConfigureAwait(false);
        try
        {
            var outcome = await runAsync().ConfigureAwait(false);
            var state = outcome.Succeeded ? RunState.Succeeded : interruption.Requests > 0 || outcome.IsPartial ? RunState.Cancelled : RunState.Failed;
            await RecordStatusAsync(run, state, outcome.IsPartial ? "It was to stop before its end step." : outcome.Error?.Message).ConfigureAwait(false);
            await hooks.TellEndedAsync(outcome).ConfigureAwait(false);
            context.Observer.OnEvent(new RunEvent.RunEnded(context.Time.GetUtcNow(), outcome.Succeeded) { IsPartial = outcome.IsPartial });
            return outcome;
        }
        catch (MetaflowException error)
        {
            await TryRecordFailureAsync(run, error).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes a new run. Two processes may have asked for the same id, and both have found it free.</summary>
    private async Task<RunLock> TakeAsync(RunFolder folder, RunRecord run)
    {
        var held = await RunLock.TryTakeAsync(folder, context.Time).ConfigureAwait(false) ?? throw RunContinuation.Taken(run, "Its scheduler holds the run's lock.");

        // A resume that several processes share is begun again by a leader of the same identifier.
        if (context.Request.Resume is { IsReentrant: true } || !File.Exists(folder.Journal))
        {
            return held;
        }

        held.Dispose();
        throw RunContinuation.Taken(run, "That process has begun it meanwhile, and its results would be overwritten.");
    }

    private RunFolder? FolderOf(RunRecord run) => RunFolder.Of(context.Datastore.Blobs, run.Flow, run.RunId);

    private async Task<RunRecord> RegisterAsync()
    {
        var settings = context.Settings;
        string[] systemTags =
        [
            $"user:{settings.User}",
            "runtime:dev",
            $"metaflow_version:{ProductVersion.Recorded}",
            $"dotnet_version:{Environment.Version}",
            .. context.FlowDecorators.OfFlow.SelectMany(decorator => decorator.SystemTags(context.FlowOptions, settings.User)),
        ];
        var wanted = new RunRecord(
            context.Definition.FlowName, context.Request.Resume?.RunId ?? "", settings.User, [.. context.Request.Tags.Except(systemTags).Distinct()], systemTags, context.Time.GetUtcNow());
        return await context.Metadata.RegisterRunAsync(wanted, default).ConfigureAwait(false);
    }

    private bool IsResumed => context.Request.Resume is not null;

    private static BlobWrite Latest(RunRecord run) => new($"{run.Flow}/latest_run", stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(run.RunId)));

    private Task MarkLatestAsync(RunRecord run) => context.Datastore.Blobs.SaveAsync([Latest(run)], overwrite: true, default).AsTask();

    /// <summary>From here on the run can be found, watched and continued. One group of files: they cost little more than one.</summary>
    private async Task RecordStartAsync(RunRecord run, SchedulerPolicy policy)
    {
        // A resumed run is the latest when it has all that it clones: were it stopped before, the next resume would miss what the earlier run has.
        List<BlobWrite> files = IsResumed ? [] : [Latest(run)];
        if (FolderOf(run) is not null)
        {
            var header = RunJournal.Header(RunSession.OfThisProcess(context, policy), context.Time.GetUtcNow());
            files.Add(new(RunFolder.JournalPathOf(run.Flow, run.RunId), stream => stream.Write(JournalFile.Line(header))));
        }

        files.Add(new(RunStatus.PathOf(run.Flow, run.RunId), Status(RunState.Running, null).Write));
        await context.Datastore.Blobs.SaveAsync(files, overwrite: true, default).ConfigureAwait(false);
    }

    private async Task WriteRunIdFileAsync(RunRecord run)
    {
        try
        {
            RunIdFile.Write(run.RunId);
        }
        catch (ConfigurationException failure)
        {
            await TryRecordFailureAsync(run, failure).ConfigureAwait(false);
            throw;
        }
    }

    private RunIdFile RunIdFile => new(context.Request.RunIdFile, context.Request.WorkingFolder);

    private ValueTask RecordStatusAsync(RunRecord run, RunState state, string? reason)
        => context.Datastore.Blobs.SaveAsync([new BlobWrite(RunStatus.PathOf(run.Flow, run.RunId), Status(state, reason).Write)], overwrite: true, default);

    private RunStatus Status(RunState state, string? reason)
        => new(state, Environment.ProcessId, Environment.MachineName, context.Time.GetUtcNow(), reason) { ProcessMark = ProcessMark.Of(Environment.ProcessId) };

    /// <summary>The error that ends the run is the one to report; that the status cannot be recorded either (the same full disk) adds nothing.</summary>
    private async Task TryRecordFailureAsync(RunRecord run, MetaflowException cause)
    {
        try
        {
            await RecordStatusAsync(run, RunState.Failed, cause.Message).ConfigureAwait(false);
        }
        catch (StorageException)
        {
        }
    }
}

/// <summary>The parameters of a run: found, checked, and kept as the artifacts of the task <c>_parameters/0</c>.</summary>
internal sealed class RunParameters(RunContext context)
{
    private const string TaskId = "0";

    /// <summary>Finds the values of all parameters that are not taken from another run.</summary>
    /// <param name="kept">The parameters that are, by name on disk; <see langword="null"/> for none.</param>
    /// <returns>The values by name on disk.</returns>
    /// <exception cref="ConfigurationException">A value is missing or wrong (MF20xx).</exception>
    public IReadOnlyDictionary<string, object?> Resolve(IReadOnlyDictionary<string, ArtifactRecord>? kept = null)
    {
        var definition = kept is null or { Count: 0 }
            ? context.Definition
            : context.Definition with { Parameters = [.. context.Definition.Parameters.Where(parameter => !kept.ContainsKey(parameter.Name))] };
        return ParameterValues.Resolve(definition, context.Request.Parameters, context.Settings.Environment, context.Request.WorkingFolder, context.Request.Values);
    }

    /// <summary>Records which code the steps run. Beside the first tasks: they do not wait for it.</summary>
    /// <param name="run">The run.</param>
    /// <returns>A task that ends when it is recorded.</returns>
    public async Task RecordCodeAsync(RunRecord run)
    {
        if (context.RecordedCode is { } read)
        {
            await RecordCodeAsync(run, await Task.Run(read).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    /// <summary>Records which code the steps run from now on, where that is other code than before.</summary>
    /// <param name="run">The run, continued.</param>
    /// <returns>A task that ends when it is recorded.</returns>
    public async Task RecordChangedCodeAsync(RunRecord run)
    {
        if (context.RecordedCode is not { } read)
        {
            return;
        }

        var recorded = (await context.Metadata.ListMetadataAsync(TaskOf(run), default).ConfigureAwait(false))
            .Where(static datum => datum.Field == InternalFields.CodeIdentities).Select(static datum => datum.Text).ToList();
        var code = recorded.Count == 0 ? null : await Task.Run(read).ConfigureAwait(false);

        // What the first tasks ran is unknown when nothing was recorded, and a record made now would be taken for theirs.
        if (code is not null && !recorded.Contains(code))
        {
            await RecordCodeAsync(run, code).ConfigureAwait(false);
        }
    }

    private ValueTask RecordCodeAsync(RunRecord run, string code)
        => context.Metadata.RecordAsync(run, TaskOf(run), [new MetadataDatum(InternalFields.CodeIdentities, InternalFields.CodeIdentities, code, ["attempt_id:0"])], [], default);

    private static TaskPath TaskOf(RunRecord run) => new(run.Flow, run.RunId, TaskPath.ParametersStep, TaskId);

    /// <summary>Keeps the values, the class constants and the graph.</summary>
    /// <param name="run">The run.</param>
    /// <param name="values">The values.</param>
    /// <returns>A task that ends when they are durable.</returns>
    public async Task SaveAsync(RunRecord run, IReadOnlyDictionary<string, object?> values)
    {
        var task = TaskOf(run);
        var writer = context.Datastore.OpenWriter(task, 0);
        await writer.BeginAttemptAsync(default).ConfigureAwait(false);
        var artifacts = new List<KeyValuePair<string, SerializedArtifact>>();
        writer.Inherit(await RetainedAsync([.. context.Reuse?.Parameters.Values ?? []]).ConfigureAwait(false));
        foreach (var parameter in context.Definition.Parameters.Where(parameter => values.ContainsKey(parameter.Name)))
        {
            artifacts.Add(new(parameter.Name, await SerializeAsync(parameter, values[parameter.Name]).ConfigureAwait(false)));
        }

        artifacts.AddRange(context.Configs.Artifacts);
        foreach (var constant in context.Definition.Constants)
        {
            artifacts.Add(new(constant.Name, Serialize(constant.GetValue())));
        }

        artifacts.Add(new(InternalArtifacts.Name, Serialize(run.Flow)));
        artifacts.Add(new(InternalArtifacts.GraphInfo, Serialize(GraphInfo.Of(context.FlowDecorators.Apply(context.Definition, context.With)))));
        artifacts.Add(new(InternalArtifacts.ForeachStack, Serialize(new List<object?>())));
        artifacts.Add(new(InternalArtifacts.TaskOk, Serialize(true)));
        artifacts.Add(new(InternalArtifacts.Success, Serialize(true)));
        artifacts.Add(new(InternalArtifacts.Transition, Serialize(null)));
        await writer.SaveArtifactsAsync(artifacts, default).ConfigureAwait(false);
        await writer.CommitAsync(default).ConfigureAwait(false);
        await RecordAsync(run, task, writer).ConfigureAwait(false);
    }

    /// <summary>From here on a collection of garbage keeps them, even if it is about to remove the run that they come from.</summary>
    private async ValueTask<IReadOnlyList<ArtifactRecord>> RetainedAsync(IReadOnlyList<ArtifactRecord> records)
        => await context.Datastore.RetainAsync(records, areParameters: true, default).ConfigureAwait(false) is not [var missing, ..] ? records : throw new StorageException(
            ErrorCodes.BlobMissing,
            $"The parameters of run '{context.OriginRunId}' cannot be taken over.",
            $"Their blob '{missing}' is missing: the run was removed, or the datastore was copied in part.",
            "Start a new run with 'run' and the parameters that you want.");

    private async Task RecordAsync(RunRecord run, TaskPath task, TaskDatastoreWriter writer)
    {
        await context.Metadata.RegisterTaskAsync(run, task, default).ConfigureAwait(false);
        var graph = context.Definition.Graph;
        var blobs = context.Datastore.Blobs;
        string[] tags = ["attempt_id:0"];
        List<MetadataDatum> data =
        [
            new("attempt", "attempt", "0", tags),
            .. Origin(tags),
            new("ds-type", "ds-type", blobs.TypeName, tags),
            new("ds-root", "ds-root", blobs.Root, tags),
            new("user", "user", run.UserName, tags),
            new("runtime", "runtime", "dev", tags),
            new("script-name", "script-name", Path.GetFileName(context.Definition.SourceFile), tags),
            new("start_step", "graph_structure", graph.StartStep!.Name, []),
            new("end_step", "graph_structure", graph.EndStep!.Name, []),
            new("attempt_ok", "internal_attempt_status", "True", tags),
            new("attempt-done", "attempt-done", "0", tags),
        ];
        if (context.Request.ParentTask is { } parent)
        {
            data.Add(new(InternalFields.ParentTask, InternalFields.ParentTask, parent, tags));
        }

        var now = context.Time.GetUtcNow();
        var records = writer.Records.Values.Select(record => new RegisteredArtifact(record, 0, blobs.TypeName, ":root:" + blobs.Root, now));
        await context.Metadata.RecordAsync(run, task, data, [.. records], default).ConfigureAwait(false);
    }

    private IEnumerable<MetadataDatum> Origin(string[] tags) => context.Reuse?.ParametersOrigin is { } origin
        ? [new("origin-run-id", "origin-run-id", origin.RunId, tags), new("origin-task-id", "origin-task-id", origin.TaskId, tags)]
        : [];

    // As an object: a constant may be of a type that only the compiler knows, which nobody declares and nobody reads into.
    private static SerializedArtifact Serialize(object? value) => ArtifactSerializer.Serialize(value, typeof(object));

    private async Task<SerializedArtifact> SerializeAsync(ParameterDefinition parameter, object? value)
    {
        if (parameter.IncludeFile is not { } include || value is not string path)
        {
            return ArtifactSerializer.Serialize(value, parameter.ValueType, parameter.Name);
        }

        var content = await ReadFileAsync(parameter, path).ConfigureAwait(false);
        context.Observer.OnEvent(new RunEvent.Message(context.Time.GetUtcNow(), $"Including file {path} of size {SizeText(content.Length)}"));
        new IncludedFile(path, include.IsText, include.Encoding, content.Length).RequireReadable(content);
        var url = await context.Datastore.SaveFileAsync(content, default).ConfigureAwait(false);
        return Serialize(new IncludedFile(url, include.IsText, include.Encoding, content.Length));
    }

    /// <summary>Reads the file of an <c>[IncludeFile]</c> parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="path">The file.</param>
    /// <returns>The content.</returns>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public static async Task<byte[]> ReadFileAsync(ParameterDefinition parameter, string path)
    {
        try
        {
            return await Task.Run(() => UserFile.ReadAllBytes(path)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                ErrorCodes.IncludedFileNotReadable,
                $"The file of parameter '{parameter.Name}' cannot be read.",
                error.Message,
                $"Give {parameter.OptionName} the path of a file that can be read.",
                error)
            {
                ExitCode = ExitCodes.Usage,
            };
        }
    }

    private static string SizeText(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes}B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#}KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#}MB"),
    };
}
