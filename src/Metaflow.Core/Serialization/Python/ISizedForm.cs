namespace Metaflow.Serialization;

/// <summary>A value that stands for data kept elsewhere, whose length is recorded as the artifact's size.</summary>
internal interface ISizedForm
{
    /// <summary>Gets the length in bytes.</summary>
    long Size { get; }
}
