namespace Metaflow.Generators.Extraction;

/// <summary>The artifacts that are surely set at a point of a method. A point that is never reached has all of them.</summary>
internal sealed class AssignedSet
{
    private HashSet<string> _names = [];

    public bool IsUnreachable { get; private set; }

    public IReadOnlyCollection<string> Names => _names;

    public bool Contains(string name) => IsUnreachable || _names.Contains(name);

    public void Add(string name) => _names.Add(name);

    public void Leave() => IsUnreachable = true;

    public AssignedSet Copy() => new() { _names = [.. _names], IsUnreachable = IsUnreachable };

    /// <summary>Makes this the state after two paths meet.</summary>
    public void MeetWith(AssignedSet other)
    {
        if (IsUnreachable)
        {
            _names = [.. other._names];
            IsUnreachable = other.IsUnreachable;
        }
        else if (!other.IsUnreachable)
        {
            _names.IntersectWith(other._names);
        }
    }

    /// <summary>Goes back to an earlier point.</summary>
    public void ResetTo(AssignedSet other)
    {
        _names = [.. other._names];
        IsUnreachable = other.IsUnreachable;
    }
}
