namespace Metaflow.Testing.Conformance;

/// <summary>An implementation broke a promise of its contract.</summary>
public sealed class ConformanceException : Exception
{
    /// <summary>Initializes an exception.</summary>
    /// <param name="promise">The promise of the contract, as a sentence.</param>
    /// <param name="expected">What keeps the promise, as text.</param>
    /// <param name="found">What the implementation did instead, as text.</param>
    /// <param name="innerException">What the implementation threw, or <see langword="null"/> when it threw nothing.</param>
    public ConformanceException(string promise, string expected, string found, Exception? innerException = null)
        : base($"A promise of the contract was broken: {promise}\n  expected: {expected}\n  found:    {found}", innerException)
    {
        Promise = promise;
        Expected = expected;
        Found = found;
    }

    /// <summary>Gets the promise of the contract, as a sentence.</summary>
    public string Promise { get; }

    /// <summary>Gets what keeps the promise, as text.</summary>
    public string Expected { get; }

    /// <summary>Gets what the implementation did instead, as text.</summary>
    public string Found { get; }
}
