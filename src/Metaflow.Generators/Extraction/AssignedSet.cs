namespace Metaflow.Generators.Extraction;

/// <summary>The artifacts that are certainly set at a point of a method, and those that are certainly removed. A point that is never
/// reached has all of them.</summary>
internal sealed class AssignedSet
{
    private HashSet<string> _names = [];
    private HashSet<string> _removed = [];

    public bool IsUnreachable { get; private set; }

    public IReadOnlyCollection<string> Names => _names;

    public bool Contains(string name) => IsUnreachable || _names.Contains(name);

    public IReadOnlyCollection<string> Removed => _removed;

    public void Add(string name)
    {
        _names.Add(name);
        _removed.Remove(name);
    }

    /// <summary>Notes that an artifact may have been set: it is no longer certainly removed.</summary>
    public void MaybeAdd(string name) => _removed.Remove(name);

    public void Remove(string name)
    {
        _names.Remove(name);
        _removed.Add(name);
    }

    public void Leave() => IsUnreachable = true;

    public AssignedSet Copy() => new() { _names = [.. _names], _removed = [.. _removed], IsUnreachable = IsUnreachable };

    /// <summary>Makes this the state after two paths meet.</summary>
    public void MeetWith(AssignedSet other)
    {
        if (IsUnreachable)
        {
            ResetTo(other);
        }
        else if (!other.IsUnreachable)
        {
            _names.IntersectWith(other._names);
            _removed.IntersectWith(other._removed);
        }
    }

    /// <summary>Goes back to an earlier point.</summary>
    public void ResetTo(AssignedSet other)
    {
        _names = [.. other._names];
        _removed = [.. other._removed];
        IsUnreachable = other.IsUnreachable;
    }
}
