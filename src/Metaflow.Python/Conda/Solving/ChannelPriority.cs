namespace Metaflow.Python.Conda.Solving;

/// <summary>What the order of channels means.</summary>
internal enum ChannelPriority
{
    /// <summary>A package comes from the first channel that has its name, whatever the others have.</summary>
    Strict,

    /// <summary>A package comes from the first channel that has a version which fits; a later channel serves only where none
    /// fits.</summary>
    Flexible,

    /// <summary>All channels are as good: the highest version counts.</summary>
    Disabled,
}
