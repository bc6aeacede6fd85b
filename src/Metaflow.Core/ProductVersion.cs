namespace Metaflow;

/// <summary>The version of this product, and the one of Python Metaflow whose formats it writes.</summary>
/// <remarks>The build writes the other part, <c>Text</c>: the version of the packages, as a constant, which costs nothing at
/// start-up.</remarks>
internal static partial class ProductVersion
{
    /// <summary>The version of Metaflow whose formats are written; services compare it.</summary>
    public const string Formats = "2.19.38";

    /// <summary>The text kept as <c>metaflow_version</c> with every run.</summary>
    public const string Recorded = Formats + "+dotnet" + Text;
}
