namespace Metaflow.Launching;

/// <summary>What a task is likely to read, as the last task of its step read it. A guess: a task may read anything else.</summary>
/// <param name="Own">The names on disk of artifacts that the task has before its step runs.</param>
/// <param name="Inputs">Of a join: the names on disk of its inputs' artifacts.</param>
internal sealed record ExpectedReads(IReadOnlyList<string> Own, IReadOnlyList<string> Inputs)
{
    /// <summary>The most names of each kind: a command line has an end.</summary>
    public const int MostNames = 64;

    /// <summary>Gets the expectation of nothing.</summary>
    public static ExpectedReads None { get; } = new([], []);

    /// <summary>Gets a value indicating whether nothing is expected.</summary>
    public bool IsNone => Own.Count == 0 && Inputs.Count == 0;
}
