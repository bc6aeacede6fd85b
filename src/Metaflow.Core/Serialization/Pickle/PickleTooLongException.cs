namespace Metaflow.Serialization;

/// <summary>A pickle that is being written needs more bytes than it may have.</summary>
/// <param name="length">How many it needs at least.</param>
internal sealed class PickleTooLongException(long length) : Exception
{
    /// <summary>Gets how many bytes it needs at least.</summary>
    public long Length { get; } = length;
}
