namespace Metaflow.Environments.Crossings;

/// <summary>A member of a type that is stored as a dictionary of its members.</summary>
/// <param name="Name">The name in C#.</param>
/// <param name="Key">The name on disk.</param>
/// <param name="Type">The type.</param>
internal sealed record RecordMember(string Name, string Key, StoredType Type)
{
    /// <summary>Gets the names on disk that it had before; none by default.</summary>
    public IReadOnlyList<string> FormerKeys { get; init; } = [];

    /// <summary>Gets a value indicating whether it is declared to be never <see langword="null"/>.</summary>
    public bool IsNeverNull { get; init; }

    /// <summary>Gets a value indicating whether it is marked <c>required</c>.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Gets a value indicating whether anyone may set it.</summary>
    public bool IsSetPublicly { get; init; }

    /// <summary>Gets a value indicating whether it can be set at all.</summary>
    public bool CanSet { get; init; }
}

/// <summary>A member that is given a value when an object is read.</summary>
/// <param name="Member">The member.</param>
/// <param name="MustBeStored">Whether an object cannot be read that was stored without it.</param>
internal sealed record ReadMember(RecordMember Member, bool MustBeStored);
