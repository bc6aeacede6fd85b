using Metaflow.Artifacts;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Joins;
using Metaflow.Platform;
using Metaflow.Settings;

namespace Metaflow.Decorators;

/// <summary>A task in its own process, as a decorator's hooks see and change it.</summary>
/// <remarks>One object for all hooks of an attempt. Not thread-safe.</remarks>
public sealed class StepHookContext
{
    private readonly Func<IReadOnlyList<ArtifactCell>> _cells;
    private readonly List<KeyValuePair<string, object?>> _artifacts = [];
    private readonly List<KeyValuePair<string, string>> _metadata = [];
    private readonly Dictionary<string, string?> _before = [];
    private readonly List<string> _secrets = [];
    private FlowGraph? _graph;

    internal StepHookContext(FlowSpec flow, string step, Func<IReadOnlyList<ArtifactCell>> cells)
    {
        Flow = flow;
        Step = step;
        _cells = cells;
    }

    /// <summary>Gets the flow object that the step runs on. Its artifacts may be read and set, as the step does.</summary>
    public FlowSpec Flow { get; }

    /// <summary>Gets the step's name on disk.</summary>
    public string Step { get; }

    /// <summary>Gets what the task knows about itself: its ids, the attempt, tags.</summary>
    public Current Current => Flow.Current;

    /// <summary>Gets a value indicating whether this is the last attempt: if it fails, no other attempt follows.</summary>
    public bool IsLastAttempt { get; internal init; }

    /// <summary>Gets a value indicating whether a hook skipped the step's body.</summary>
    public bool IsSkipped { get; private set; }

    /// <summary>Gets or sets what announces secrets to the writer of the task's log, and returns when it knows them;
    /// <see langword="null"/> where nobody writes one.</summary>
    internal Action<IReadOnlyCollection<string>>? AnnounceSecrets { get; set; }

    /// <summary>Gets or sets what sets variables in a process that several tasks share; <see langword="null"/> in a task's own
    /// process.</summary>
    internal Action<string, string?>? SetShared { get; set; }

    /// <summary>Gets what is hidden in all that is kept of the task but its artifacts.</summary>
    internal IReadOnlyList<string> Secrets => _secrets;

    /// <summary>Gets the artifacts that hooks set and the flow's class does not declare, by name on disk.</summary>
    internal IReadOnlyList<KeyValuePair<string, object?>> Artifacts => _artifacts;

    /// <summary>Gets the metadata that hooks added.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Metadata => _metadata;

    /// <summary>Skips the step's body. The flow continues to all its next steps. Hooks inside this one are not called before the
    /// step.</summary>
    public void Skip() => IsSkipped = true;

    /// <summary>Returns the transition of the step if its body does not run: to all its next steps.</summary>
    /// <returns>The transition; <see langword="null"/> for the end step.</returns>
    /// <exception cref="StepFailedException">MF3030: the transition is a foreach, a gang or a switch, whose items, size or choice only
    /// the body knows.</exception>
    public Transition? UsualTransition()
    {
        var graph = _graph ??= Describe();
        var node = graph.Find(Step)!;
        if (graph.KindOf(node) is StepKind.SplitForeach or StepKind.SplitParallel or StepKind.SplitSwitch)
        {
            throw new StepFailedException(
                ErrorCodes.NoUsualTransition,
                $"Step '{Step}' has no fixed next step.",
                "Its transition is a foreach, a gang or a switch, whose items, size or choice only its body knows.",
                "Skip another step, or add a step before the split.");
        }

        return graph.NextOf(node) is { Count: > 0 } next ? Transition.ToNames(next) : null;
    }

    /// <summary>Sets an artifact of the task.</summary>
    /// <param name="name">The name on disk, or the name of the property. An artifact that the class does not declare is stored
    /// too.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="StepFailedException">MF3031: the name is not valid for an artifact, or it is a parameter's.</exception>
    public void SetArtifact(string name, object? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        var onDisk = Naming.SnakeCase.FromMember(name);
        foreach (var cell in _cells())
        {
            if (cell.Name == name || cell.Name == onDisk)
            {
                Put(cell, value);
                return;
            }
        }

        if (!IsArtifactName(name))
        {
            throw Refused(name, "Names consist of lower-case letters, digits and underscores, and begin with a letter; 'name' is "
                + "reserved.");
        }

        _artifacts.RemoveAll(artifact => artifact.Key == name);
        _artifacts.Add(new(name, value));
    }

    /// <summary>Adds a metadata field to the task; it is recorded when the attempt ends, also after a failure.</summary>
    /// <param name="field">The field's name, such as <c>gpu-hours</c>.</param>
    /// <param name="value">The value.</param>
    public void AddMetadata(string field, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(field);
        ArgumentNullException.ThrowIfNull(value);
        _metadata.Add(new(field, value));
    }

    /// <summary>Sets an environment variable of the task's process, for native code too, and of the processes that it starts. It is
    /// restored when the task is over.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value; <see langword="null"/> removes it.</param>
    public void SetEnvironmentVariable(string name, string? value)
    {
        if (SetShared is not null)
        {
            SetShared(name, value);
            return;
        }

        _before.TryAdd(name, ReadVariable(name));
        ProcessEnvironment.Set(name, value);
    }

    /// <summary>Finds the cell of an artifact that the flow declares.</summary>
    /// <param name="name">The name of the property, or the name on disk.</param>
    /// <returns>The cell; <see langword="null"/> if there is none.</returns>
    internal ArtifactCell? FindCell(string name) => ArtifactNames.Find(_cells(), name);

    /// <summary>Reads an artifact as the step does.</summary>
    /// <param name="name">The name of the property, or the name on disk.</param>
    /// <returns>The cell and its value.</returns>
    /// <exception cref="StepFailedException">The flow has no such artifact, or no step has set it (MF3004).</exception>
    internal async Task<(ArtifactCell Cell, object? Value)> ReadArtifactAsync(string name)
    {
        if (FindCell(name) is { } cell && await cell.LoadAsync(Current.CancellationToken).ConfigureAwait(false))
        {
            cell.NoteRead();
            return (cell, cell.Peek);
        }

        throw MissingArtifact.Error(name);
    }

    /// <summary>Hides secrets in all that the task says from now on.</summary>
    /// <param name="values">The secrets.</param>
    /// <exception cref="StepFailedException">MF3040: the writer of the log does not know them.</exception>
    internal void HideSecrets(IReadOnlyCollection<string> values)
    {
        AnnounceSecrets?.Invoke(values);
        _secrets.AddRange(values);
    }

    /// <summary>Sets the variables back to what they were: a process may run several tasks, one after the other.</summary>
    internal void RestoreEnvironment()
    {
        foreach (var (name, value) in _before)
        {
            ProcessEnvironment.Set(name, value);
        }
    }

    /// <summary>Returns the value of an environment variable, or <see langword="null"/>.</summary>
    internal static string? ReadVariable(string name)
        => SettingsLoader.ProcessEnvironment().TryGetValue(name, out var value) ? value : null;

    private static void Put(ArtifactCell cell, object? value)
    {
        if (cell.IsReadOnly)
        {
            throw Refused(cell.Name, "It is a parameter, which no task can change.");
        }

        if (value is null
            ? cell.ValueType.IsValueType && Nullable.GetUnderlyingType(cell.ValueType) is null
            : !cell.ValueType.IsInstanceOfType(value))
        {
            throw Refused(cell.Name, $"It is of type '{cell.ValueType.Name}', the value of type '{value?.GetType().Name ?? "null"}'.");
        }

        cell.Put(value);
    }

    private static bool IsArtifactName(string name)
    {
        if (name is "" or InternalArtifacts.Name || !char.IsAsciiLetterLower(name[0]))
        {
            return false;
        }

        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '_')
            {
                return false;
            }
        }

        return true;
    }

    private static StepFailedException Refused(string name, string why) => new(
        ErrorCodes.ArtifactNotSettable, $"A decorator cannot set the artifact '{name}'.", why,
        "Use another name or value for 'SetArtifact'.");

    private FlowGraph Describe()
    {
        var builder = new FlowDefinitionBuilder();
        Flow.Describe(builder);
        return builder.Build().Graph;
    }
}
