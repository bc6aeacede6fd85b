using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Code;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Running;
using Metaflow.Serialization;
using Metaflow.Storage;
using Metaflow.Tasks;

namespace Metaflow.Scheduling;

/// <summary>The parameters of a run: found, checked, and kept as the artifacts of the task <c>_parameters/0</c>.</summary>
internal sealed class RunParameters(RunPlan plan)
{
    private const string TaskId = "0";

    private readonly RunContext _context = plan.Context;
    private readonly AttemptFacts _facts = new(plan.Context.Datastore.Blobs, 0);
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>Finds the values of all parameters that are not taken from another run.</summary>
    /// <param name="context">What the run works with.</param>
    /// <param name="kept">The parameters that are, by name on disk; <see langword="null"/> for none.</param>
    /// <returns>The values by name on disk.</returns>
    /// <exception cref="ConfigurationException">A value is missing or wrong (MF20xx).</exception>
    public static IReadOnlyDictionary<string, object?> Resolve(RunContext context, IReadOnlyDictionary<string, ArtifactRecord>? kept = null)
    {
        var definition = kept is null or { Count: 0 }
            ? context.Definition
            : context.Definition with
            {
                Parameters = [.. context.Definition.Parameters.Where(parameter => !kept.ContainsKey(parameter.Name))],
            };
        return ParameterValues.Resolve(
            definition, context.Request.Parameters, context.Settings.Environment, context.Request.WorkingFolder, context.Request.Values);
    }

    /// <summary>Reads the files that the run includes, so that a run is registered only if all of them can be read.</summary>
    /// <exception cref="ConfigurationException">One cannot be read (MF2094).</exception>
    /// <exception cref="StorageException">No step could read it as the text that it is declared to be (MF4012, MF4014).</exception>
    public async Task ReadFilesAsync()
    {
        foreach (var parameter in _context.Definition.Parameters)
        {
            if (parameter.IncludeFile is { } include && plan.Values.GetValueOrDefault(parameter.Name) is string path)
            {
                _files[parameter.Name] = await ReadReadableAsync(parameter, include, path).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Records which code the steps run. Beside the first tasks: they do not wait for it.</summary>
    /// <param name="run">The run.</param>
    /// <returns>A task that ends when it is recorded.</returns>
    public async Task RecordCodeAsync(RunRecord run)
    {
        if (plan.CodeRecord is { } read)
        {
            await RecordCodeAsync(run, await Task.Run(read).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    /// <summary>Records which code the steps run from now on, where that is other code than before.</summary>
    /// <param name="run">The run, continued.</param>
    /// <param name="hasBegun">Whether a task of the run may have run before.</param>
    /// <returns>A task that ends when it is recorded.</returns>
    public async Task RecordChangedCodeAsync(RunRecord run, bool hasBegun)
    {
        if (plan.CodeRecord is not { } read)
        {
            return;
        }

        var recorded = (await _context.Metadata.ListMetadataAsync(TaskOf(run), default).ConfigureAwait(false))
            .Where(static datum => datum.Field == InternalFields.RecordedCode).Select(static datum => datum.Text).ToList();
        var code = recorded.Count == 0 && hasBegun ? null : await Task.Run(read).ConfigureAwait(false);

        // What the first tasks ran is unknown when nothing was recorded, and a record made now would be taken for theirs.
        if (code is not null && !recorded.Contains(code))
        {
            await RecordCodeAsync(run, code).ConfigureAwait(false);
        }
    }

    /// <summary>Records the environments that the steps run with from now on, where they are others than before: nobody deletes what a
    /// task will need.</summary>
    /// <param name="run">The run, continued.</param>
    /// <returns>A task that ends when they are recorded.</returns>
    public async Task RecordChangedEnvironmentsAsync(RunRecord run)
    {
        if (_context.Environments.IsEmpty)
        {
            return;
        }

        var recorded = (await _context.Metadata.ListMetadataAsync(TaskOf(run), default).ConfigureAwait(false))
            .Where(static datum => datum.Field == InternalFields.PlannedEnvironment).Select(static datum => datum.Text);
        List<MetadataDatum> added = [.. PlannedEnvironments().Except(recorded)
            .Select(environment => _facts.Datum(InternalFields.PlannedEnvironment, environment))];
        if (added.Count > 0)
        {
            await _context.Metadata.RecordAsync(run, TaskOf(run), added, [], default).ConfigureAwait(false);
        }
    }

    private ValueTask RecordCodeAsync(RunRecord run, string code)
        => _context.Metadata.RecordAsync(run, TaskOf(run), [_facts.Datum(InternalFields.RecordedCode, code)], [], default);

    private static TaskPath TaskOf(RunRecord run) => new(run.Flow, run.RunId, TaskPath.ParametersStep, TaskId);

    /// <summary>Keeps the values, the class constants and the graph.</summary>
    /// <param name="run">The run.</param>
    /// <returns>A task that ends when they are durable.</returns>
    /// <exception cref="ConfigurationException">A value is missing or wrong (MF20xx).</exception>
    public async Task SaveAsync(RunRecord run)
    {
        var values = plan.Values;
        var task = TaskOf(run);
        var writer = _context.Datastore.OpenWriter(task, 0);
        await writer.BeginAttemptAsync(default).ConfigureAwait(false);
        var artifacts = new List<KeyValuePair<string, SerializedArtifact>>();
        writer.Inherit(await RetainedAsync([.. plan.Reuse?.Parameters.Values ?? []]).ConfigureAwait(false));
        foreach (var parameter in _context.Definition.Parameters.Where(parameter => values.ContainsKey(parameter.Name)))
        {
            artifacts.Add(new(parameter.Name, await SerializeAsync(parameter, values[parameter.Name]).ConfigureAwait(false)));
        }

        artifacts.AddRange(_context.Configs.Artifacts);
        foreach (var constant in _context.Definition.Constants)
        {
            artifacts.Add(new(constant.Name, Serialize(constant.GetValue())));
        }

        artifacts.Add(new(InternalArtifacts.Name, Serialize(run.Flow)));
        artifacts.Add(new(
            InternalArtifacts.GraphInfo, Serialize(GraphInfo.Of(_context.FlowDecorators.Apply(_context.Definition, _context.With)))));
        artifacts.Add(new(InternalArtifacts.ForeachStack, Serialize(new List<object?>())));
        artifacts.Add(new(InternalArtifacts.TaskOk, Serialize(true)));
        artifacts.Add(new(InternalArtifacts.Success, Serialize(true)));
        artifacts.Add(new(InternalArtifacts.Transition, Serialize(null)));
        await writer.SaveArtifactsAsync(artifacts, default).ConfigureAwait(false);
        await writer.CommitAsync(default).ConfigureAwait(false);
        await RecordAsync(run, task, writer.Records.Values).ConfigureAwait(false);
    }

    /// <summary>Keeps the values, the class constants and the graph, as far as a scheduler that was killed has not kept them
    /// already.</summary>
    /// <param name="run">The run.</param>
    /// <param name="unknown">The error when the values are recorded nowhere else; <see langword="null"/>, the default, when they can be
    /// found again.</param>
    /// <returns>A task that ends when they are durable.</returns>
    public async Task SaveMissingAsync(RunRecord run, MetadataException? unknown = null)
    {
        var task = TaskOf(run);
        if (await _context.Datastore.TryOpenTaskAsync(task, default).ConfigureAwait(false) is not { } kept)
        {
            await (unknown is null ? SaveAsync(run) : throw unknown).ConfigureAwait(false);
            return;
        }

        // The last of the records: without it some are missing, and one that is there twice says the same.
        if (!_facts.IsDoneIn(await _context.Metadata.ListMetadataAsync(task, default).ConfigureAwait(false)))
        {
            await RecordAsync(run, task, kept.Records.Values).ConfigureAwait(false);
        }
    }

    /// <summary>From here on a collection of garbage keeps them, even if it is about to remove the run that they come from.</summary>
    private async ValueTask<IReadOnlyList<ArtifactRecord>> RetainedAsync(IReadOnlyList<ArtifactRecord> records)
    {
        if (await _context.Datastore.RetainAsync(records, areParameters: true, default).ConfigureAwait(false) is [var missing, ..])
        {
            throw NotTaken(
                ErrorCodes.BlobMissing, $"Their blob '{missing}' is missing: the run was removed, or only a part of the datastore was "
                    + "copied.");
        }

        var damage = await new CheckedArtifacts(_context.Datastore).FirstDamageAsync(records, areParameters: true).ConfigureAwait(false);
        return damage is null ? records : throw NotTaken(damage.Code, $"{damage.What} {damage.Why}");
    }

    private StorageException NotTaken(string code, string why) => new(
        code, $"The parameters of run '{_context.OriginRunId}' cannot be reused.", why,
        "Start a new run with 'run' and the parameters that you want.");

    private async Task RecordAsync(RunRecord run, TaskPath task, IEnumerable<ArtifactRecord> kept)
    {
        await _context.Metadata.RegisterTaskAsync(run, task, default).ConfigureAwait(false);
        var graph = _context.Definition.Graph;
        var data = _facts.Beginning(run, Origin());
        data.Add(_facts.Datum("script-name", Path.GetFileName(_context.Definition.SourceFile)));
        data.Add(new MetadataDatum("start_step", "graph_structure", graph.StartStep!.Name, []));
        data.Add(new MetadataDatum("end_step", "graph_structure", graph.EndStep!.Name, []));
        if (_context.Request.ParentTask is { } parent)
        {
            data.Add(_facts.Datum(InternalFields.ParentTask, parent));
        }

        data.AddRange(PlannedEnvironments().Select(environment => _facts.Datum(InternalFields.PlannedEnvironment, environment)));
        data.Add(_facts.Ok(true));
        data.Add(_facts.Done());
        await _context.Metadata.RecordAsync(
            run, task, data, _facts.Artifacts(kept, _context.Time.GetUtcNow()), default).ConfigureAwait(false);
    }

    private IEnumerable<string> PlannedEnvironments()
        => _context.Environments.Steps.Values.Select(static step => step.Id).Distinct();

    private IEnumerable<MetadataDatum> Origin() => plan.Reuse?.ParametersOrigin is { } origin
        ? [_facts.Datum("origin-run-id", origin.RunId), _facts.Datum("origin-task-id", origin.TaskId)]
        : [];

    // As plain data: a constant may be of a type that only the compiler knows, which nobody declares and nobody reads into.
    private static SerializedArtifact Serialize(object? value) => ArtifactSerializer.SerializePlain(value);

    private async Task<SerializedArtifact> SerializeAsync(ParameterDefinition parameter, object? value)
    {
        if (parameter.IncludeFile is not { } include || value is not string path)
        {
            return ArtifactSerializer.Serialize(value, parameter.ValueType, parameter.Name);
        }

        // Of a run that is continued nothing was read before.
        var content = _files.Remove(parameter.Name, out var read) ? read
            : await ReadReadableAsync(parameter, include, path).ConfigureAwait(false);
        _context.Observer.OnEvent(new RunEvent.Message(
            _context.Time.GetUtcNow(), $"Including file {path} of size {SizeText(content.Length)}"));
        var url = await _context.Datastore.SaveFileAsync(content, default).ConfigureAwait(false);
        return Serialize(new IncludedFile(url, include.IsText, include.Encoding, content.Length));
    }

    /// <summary>Reads the file of an <c>[IncludeFile]</c> parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="path">The file's path, or its address in a store.</param>
    /// <param name="options">The options of the store.</param>
    /// <returns>The content.</returns>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public static async Task<byte[]> ReadFileAsync(ParameterDefinition parameter, string path, StoreOptions options)
    {
        try
        {
            return AddressedFile.IsAddress(path)
                ? await AddressedFile.ReadAsync(path, options, default).ConfigureAwait(false)
                    ?? throw new FileNotFoundException($"There is no object '{path}'.")
                : await Task.Run(() => UserFile.ReadAllBytes(path)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or StorageException)
        {
            throw new ConfigurationException(
                ErrorCodes.IncludedFileNotReadable,
                $"The file of parameter '{parameter.Name}' cannot be read.",
                // What the store says of its own address would mislead: the parameter has this one.
                error is StorageException refused ? $"{refused.What} {refused.Why}" : error.Message,
                $"Give {parameter.OptionName} the path of a file, or an address, that can be read.",
                error)
            {
                ExitCode = ExitCodes.Usage,
            };
        }
    }

    private async Task<byte[]> ReadReadableAsync(ParameterDefinition parameter, IncludeFileDefinition include, string path)
    {
        var content = await ReadFileAsync(parameter, path, _context.StoreOptions).ConfigureAwait(false);
        new IncludedFile(path, include.IsText, include.Encoding, content.Length).RequireReadable(content);
        return content;
    }

    private static string SizeText(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes}B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#}KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#}MB"),
    };
}
