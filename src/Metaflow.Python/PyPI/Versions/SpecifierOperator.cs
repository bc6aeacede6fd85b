namespace Metaflow.Python.PyPI.Versions;

/// <summary>The operators of constraints on versions (PEP 440).</summary>
internal enum SpecifierOperator
{
    /// <summary><c>~=</c>: at least the version, in the same series.</summary>
    Compatible,

    /// <summary><c>==</c>: the version, or with <c>.*</c> every version that begins so.</summary>
    Equal,

    /// <summary><c>!=</c>: every other version.</summary>
    NotEqual,

    /// <summary><c>&lt;=</c>: the version or an earlier one.</summary>
    LessOrEqual,

    /// <summary><c>&gt;=</c>: the version or a later one.</summary>
    GreaterOrEqual,

    /// <summary><c>&lt;</c>: an earlier version, but not one before the release of the version itself.</summary>
    Less,

    /// <summary><c>&gt;</c>: a later version, but not a post-release or a local label of the version itself.</summary>
    Greater,

    /// <summary><c>===</c>: the same text.</summary>
    Arbitrary,
}
