using Metaflow.Environments.Checks;

namespace Metaflow.Environments.Programs;

/// <summary>How to start a program with the packages of an environment.</summary>
/// <param name="FileName">The executable.</param>
/// <param name="Arguments">The arguments before the program's own.</param>
internal sealed record ProgramStart(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>Gets the files that were written for this start, and the author's assemblies that were looked at.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Gets what is known to go wrong with these packages.</summary>
    public required ProgramChecks Checks { get; init; }
}
