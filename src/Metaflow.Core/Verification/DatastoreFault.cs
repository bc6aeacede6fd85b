namespace Metaflow.Verification;

/// <summary>A place of a datastore that is not as the framework leaves it.</summary>
/// <param name="Code">The code of the error that readers of the place meet, which <c>metaflow explain</c> explains.</param>
/// <param name="Path">The object, relative to the datastore's root.</param>
/// <param name="What">What is wrong; a sentence.</param>
/// <param name="Remedy">How to fix it; a sentence.</param>
internal sealed record DatastoreFault(string Code, string Path, string What, string Remedy)
{
    /// <summary>Gets a value indicating whether nothing is lost: the place only takes room, as what a killed process left does. The
    /// default is <see langword="false"/>.</summary>
    public bool IsLeftover { get; init; }

    /// <summary>Gets what a repair does; nothing by default.</summary>
    public DatastoreRepair Repair { get; init; }

    /// <summary>Gets a value indicating whether the repair was done.</summary>
    public bool IsRepaired { get; init; }

    /// <summary>Gets the key of the blob that is damaged; <see langword="null"/> for other faults.</summary>
    public string? Key { get; init; }

    /// <summary>Gets a value indicating whether something refers to the blob, so that its value is lost until a task stores it
    /// again.</summary>
    public bool IsReferredTo { get; init; }

    /// <summary>Gets a value indicating whether the fault is still there: a blob that was moved away is missing to those who refer to
    /// it.</summary>
    public bool Remains => !IsLeftover && (!IsRepaired || IsReferredTo);
}

/// <summary>What a repair does to a place.</summary>
internal enum DatastoreRepair
{
    /// <summary>Nothing: only a copy, a new run or a collection of garbage helps.</summary>
    None,

    /// <summary>It deletes a file that no reader looks at.</summary>
    Delete,

    /// <summary>It deletes the folder of a run whose removal was cut off.</summary>
    FinishRemoval,

    /// <summary>It moves a damaged blob away, so that the next task that stores the value writes it again.</summary>
    Quarantine,
}
