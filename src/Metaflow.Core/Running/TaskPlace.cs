using System.Globalization;

namespace Metaflow.Running;

/// <summary>Where a task is in the foreaches and gangs around it.</summary>
/// <param name="Indices">The positions, each from 0, the outermost foreach first.</param>
/// <param name="Item">The item of the innermost foreach as text, of at most as many characters as the settings allow;
/// <see langword="null"/> in a gang, and where it is not known.</param>
public sealed record TaskPlace(IReadOnlyList<int> Indices, string? Item)
{
    /// <summary>Returns the positions as messages show them.</summary>
    /// <returns>The positions in brackets, such as <c>[3,1]</c>.</returns>
    public override string ToString()
        => $"[{string.Join(',', Indices.Select(static index => index.ToString(CultureInfo.InvariantCulture)))}]";
}
