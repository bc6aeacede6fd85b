using System.ComponentModel;

namespace Metaflow.Artifacts;

/// <summary>Where the values of a task's artifacts come from.</summary>
internal interface IArtifactSource
{
    /// <summary>Returns true if there is an artifact of a name.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>Whether it can be loaded.</returns>
    bool Contains(string name);

    /// <summary>Loads an artifact into a type.</summary>
    /// <typeparam name="T">The requested type.</typeparam>
    /// <param name="name">The name on disk.</param>
    /// <returns>The value.</returns>
    /// <exception cref="Errors.StorageException">The blob is missing or corrupt, or its value does not fit the type.</exception>
    T Load<T>(string name);

    /// <summary>Loads an artifact into a type without blocking; see <see cref="Load{T}"/>.</summary>
    /// <typeparam name="T">The requested type.</typeparam>
    /// <param name="name">The name on disk.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The value.</returns>
    ValueTask<T> LoadAsync<T>(string name, CancellationToken cancellationToken) => ValueTask.FromResult(Load<T>(name));
}

/// <summary>The artifacts of a task, with what is known of them without loading.</summary>
internal interface IRecordedArtifacts : IArtifactSource
{
    /// <summary>Gets the artifacts by name on disk, including those of the framework.</summary>
    IReadOnlyDictionary<string, ArtifactRecord> Records { get; }
}

/// <summary>An object with artifacts: a flow in a task, or a view of a finished one.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IArtifactHolder
{
    /// <summary>Gets the name of the flow.</summary>
    string FlowName { get; }

    /// <summary>Adds the cells of all artifacts, including parameters.</summary>
    /// <param name="cells">Receives the cells, base class first.</param>
    void CollectCells(ICollection<ArtifactCell> cells);
}

/// <summary>The place of one artifact in a flow object: loads it on first read and remembers what was done to it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ArtifactCell
{
    private protected ArtifactCell(string name, bool isReadOnly)
    {
        Name = name;
        IsReadOnly = isReadOnly;
    }

    /// <summary>Gets the name on disk.</summary>
    internal string Name { get; }

    /// <summary>Gets the name of the property if the name on disk does not follow from it; otherwise <see langword="null"/>.</summary>
    public string? MemberName { get; init; }

    /// <summary>Gets a value indicating whether it is a parameter, which no task stores again.</summary>
    internal bool IsReadOnly { get; }

    /// <summary>Gets or sets where the value comes from when it was not set; <see langword="null"/> for nowhere.</summary>
    internal IArtifactSource? Source { get; set; }

    /// <summary>Gets a value indicating whether the author's code read the inherited value, or found that there is none.</summary>
    internal bool WasRead { get; private protected set; }

    /// <summary>Gets a value indicating whether the author's code set a value.</summary>
    internal bool WasWritten { get; private protected set; }

    /// <summary>Gets a value indicating whether the cell holds a value now.</summary>
    internal bool HasValue { get; private protected set; }

    /// <summary>Gets a value indicating whether the author's code removed the artifact and set no other value since.</summary>
    internal bool IsRemoved { get; private protected set; }

    /// <summary>Gets the declared type.</summary>
    internal abstract Type ValueType { get; }

    /// <summary>Gets the value that the cell holds, without loading or marking it.</summary>
    internal abstract object? Peek { get; }

    /// <summary>Gets a value indicating whether the value is known to be as it was loaded. It may be so although this is not
    /// known.</summary>
    internal abstract bool IsAsLoaded { get; }

    /// <summary>Sets the value from outside the author's code; it counts as written.</summary>
    /// <param name="value">A value of <see cref="ValueType"/>.</param>
    internal abstract void Put(object? value);

    /// <summary>Loads the value, where there is one and it is not available.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether the cell holds a value now.</returns>
    internal abstract Task<bool> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Notes that the value is read for the author's code, by something that does not use the property.</summary>
    internal void NoteRead() => WasRead = true;

    /// <summary>Removes the artifact: the task that the object belongs to keeps none of this name.</summary>
    internal void Remove()
    {
        Source = null;
        HasValue = false;
        WasWritten = false;
        IsRemoved = true;
    }
}

/// <summary>The place of one artifact of a type.</summary>
/// <typeparam name="T">The declared type.</typeparam>
/// <param name="name">The name on disk.</param>
/// <param name="isReadOnly">Whether it is a parameter. The default is <see langword="false"/>.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ArtifactCell<T>(string name, bool isReadOnly = false) : ArtifactCell(name, isReadOnly)
{
    private T _value = default!;
    private LoadedTexts? _loaded;

    /// <summary>Gets or sets the value; the first read of an inherited artifact loads it.</summary>
    /// <exception cref="Errors.StepFailedException">The artifact was never set (MF3004).</exception>
    public T Value
    {
        get
        {
            if (!HasValue)
            {
                Load();
            }

            return _value;
        }

        set
        {
            _value = value;
            HasValue = true;
            WasWritten = true;
            IsRemoved = false;
        }
    }

    /// <inheritdoc/>
    internal override Type ValueType => typeof(T);

    /// <inheritdoc/>
    internal override object? Peek => _value;

    /// <inheritdoc/>
    internal override bool IsAsLoaded => _loaded is not null && _loaded.AreIn(_value);

    /// <inheritdoc/>
    internal override void Put(object? value) => Value = (T)value!;

    /// <inheritdoc/>
    internal override async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (!HasValue && Source is not null && Source.Contains(Name))
        {
            Keep(await Source.LoadAsync<T>(Name, cancellationToken).ConfigureAwait(false));
        }

        return HasValue;
    }

    private void Load()
    {
        // That there is no value is something that the author's code now knows.
        WasRead = true;
        if (Source is null || !Source.Contains(Name))
        {
            throw MissingArtifact.Error(Name);
        }

        Keep(Source.Load<T>(Name));
    }

    private void Keep(T value)
    {
        _value = value;
        _loaded = IsReadOnly ? null : LoadedTexts.Of(value);
        HasValue = true;
    }
}
