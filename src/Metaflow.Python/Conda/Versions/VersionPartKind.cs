namespace Metaflow.Python.Conda.Versions;

/// <summary>The kinds of the parts of a version, from the lowest to the highest.</summary>
internal enum VersionPartKind
{
    /// <summary>The word <c>dev</c>.</summary>
    Development,

    /// <summary>Other letters.</summary>
    Letters,

    /// <summary>A number.</summary>
    Number,

    /// <summary>The word <c>post</c>.</summary>
    Post,
}
