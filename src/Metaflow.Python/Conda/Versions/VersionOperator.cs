namespace Metaflow.Python.Conda.Versions;

/// <summary>How a version is compared with that of a constraint.</summary>
internal enum VersionOperator
{
    /// <summary><c>==</c>.</summary>
    Equal,

    /// <summary><c>!=</c>.</summary>
    NotEqual,

    /// <summary><c>&lt;</c>.</summary>
    Less,

    /// <summary><c>&lt;=</c>.</summary>
    LessOrEqual,

    /// <summary><c>&gt;</c>.</summary>
    Greater,

    /// <summary><c>&gt;=</c>.</summary>
    GreaterOrEqual,

    /// <summary><c>1.2.*</c>.</summary>
    StartsWith,

    /// <summary><c>!=1.2.*</c>.</summary>
    StartsOtherwise,

    /// <summary><c>~=</c>.</summary>
    Compatible,
}
