using Metaflow.Errors;

namespace Metaflow.Verification;

/// <summary>Collects the faults of a flow. Not thread-safe.</summary>
internal sealed class FaultList
{
    private const string FromCopy = "Restore it from a copy of the datastore, or run the flow again.";

    private readonly List<DatastoreFault> _faults = [];

    /// <summary>Gets the faults so far.</summary>
    public IReadOnlyList<DatastoreFault> Faults => _faults;

    /// <summary>Adds a fault.</summary>
    /// <param name="fault">The fault.</param>
    public void Add(DatastoreFault fault) => _faults.Add(fault);

    /// <summary>Adds a record that cannot be understood.</summary>
    /// <param name="code">The code of the error that its readers meet.</param>
    /// <param name="path">The record.</param>
    /// <param name="why">Why; the rest of a sentence, without its full stop.</param>
    public void AddUnreadable(string code, string path, string why)
        => Add(new DatastoreFault(code, path, Sentence.Of($"The record cannot be understood: {why}"), FromCopy));

    /// <summary>Adds a record that contradicts what is stored.</summary>
    /// <param name="path">The record.</param>
    /// <param name="what">How; a sentence.</param>
    public void AddContradiction(string path, string what) => Add(new DatastoreFault(ErrorCodes.RecordsContradict, path, what, FromCopy));

    /// <summary>Adds what a store or a reader says.</summary>
    /// <param name="path">The object.</param>
    /// <param name="error">The error.</param>
    public void Add(string path, MetaflowException error)
        => Add(new DatastoreFault(error.Code, path, $"{error.What} {error.Why}", error.Fix));

    /// <summary>Adds what only takes room.</summary>
    /// <param name="path">The object.</param>
    /// <param name="what">What it is; a sentence.</param>
    /// <param name="repair">What a repair does to it.</param>
    public void AddLeftover(string path, string what, DatastoreRepair repair)
        => Add(new DatastoreFault(
            ErrorCodes.DataUnreferenced, path, what, repair == DatastoreRepair.None ? "'gc --delete' removes it." : "--repair deletes it.")
        {
            IsLeftover = true,
            Repair = repair,
        });
}
