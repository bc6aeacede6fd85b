namespace Metaflow.Environments.Workspaces;

/// <summary>The files and environments that say which packages an environment is to have.</summary>
internal sealed record EnvironmentInput
{
    /// <summary>Gets the path of a <c>requirements.txt</c>; none by default.</summary>
    public string? RequirementsFile { get; init; }

    /// <summary>Gets the path of an <c>environment.yml</c>; none by default.</summary>
    public string? YamlFile { get; init; }

    /// <summary>Gets the path of a project, a lock file, or a file of central versions; none by default.</summary>
    public string? ProjectFile { get; init; }

    /// <summary>Gets the environment to which the packages of the files are added; none by default.</summary>
    public string? Using { get; init; }

    /// <summary>Gets the environment whose requirements are resolved anew; none by default.</summary>
    public string? From { get; init; }

    /// <summary>Gets the version of Python, or a constraint on it; by default what the files say.</summary>
    public string? Python { get; init; }

    /// <summary>Gets the framework that programs run on, such as <c>net10.0</c>; by default that of the environment that
    /// <see cref="From"/> or <see cref="Using"/> names, or that of this process.</summary>
    public string? Framework { get; init; }

    /// <summary>Gets the kinds of machines to resolve for. The default is this machine's.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = [MachineKinds.OfThisMachine];

    /// <summary>Gets a value indicating whether a file is named.</summary>
    public bool HasFiles => RequirementsFile is not null || YamlFile is not null || ProjectFile is not null;
}
