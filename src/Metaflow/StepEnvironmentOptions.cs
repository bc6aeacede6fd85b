namespace Metaflow;

/// <summary>Which environments of steps are looked for, and how; see <see cref="FlowRunner"/>.</summary>
public sealed record StepEnvironmentOptions
{
    /// <summary>Gets the steps, by their names or those of their methods. None, the default, means all.</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];

    /// <summary>Gets the kinds of machines, such as <c>linux-64</c> or <c>osx-arm64</c>. None, the default, means this machine's.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = [];

    /// <summary>Gets a value indicating whether the datastore is left alone: only what this machine knows counts, and nothing is stored
    /// elsewhere. The default is <see langword="false"/>.</summary>
    public bool IsLocalOnly { get; init; }

    /// <summary>Gets the names to give the environment, such as <c>team/training:v1</c>. All steps must have the same environment then.
    /// None by default. It counts only when environments are resolved.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Gets a value indicating whether packages are looked for though the environment is known. The default is
    /// <see langword="false"/>. It counts only when environments are resolved.</summary>
    public bool IsForced { get; init; }

    /// <summary>Gets a value indicating whether nothing is stored or unpacked. The default is <see langword="false"/>. It counts only when
    /// environments are resolved.</summary>
    public bool IsDryRun { get; init; }
}
