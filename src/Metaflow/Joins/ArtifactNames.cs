using System.Text;
using Metaflow.Artifacts;
using Metaflow.Naming;

namespace Metaflow.Joins;

/// <summary>Finds artifacts by what an author calls them: <c>nameof</c> of the property, or the name on disk.</summary>
internal static class ArtifactNames
{
    /// <summary>Finds a cell.</summary>
    /// <param name="cells">The flow's cells.</param>
    /// <param name="name">The name of the property, or the name on disk.</param>
    /// <returns>The cell, or <see langword="null"/>. A property's name comes first.</returns>
    public static ArtifactCell? Find(IReadOnlyList<ArtifactCell> cells, string name)
    {
        var derived = SnakeCase.FromMember(name);
        ArtifactCell? byDiskName = null;
        foreach (var cell in cells)
        {
            if (cell.MemberName is { } member ? member == name : cell.Name == derived)
            {
                return cell;
            }

            byDiskName = cell.Name == name ? cell : byDiskName;
        }

        return byDiskName;
    }

    /// <summary>Returns the name on disk of an artifact that the class declares.</summary>
    /// <param name="cells">The flow's cells.</param>
    /// <param name="name">The name of the property, or the name on disk.</param>
    /// <returns>The name on disk, or <see langword="null"/>.</returns>
    public static string? OnDisk(IReadOnlyList<ArtifactCell> cells, string name) => Find(cells, name)?.Name;

    /// <summary>Returns what the author calls an artifact, as far as its cell tells.</summary>
    /// <param name="cell">The cell.</param>
    /// <returns>The property's name, or one that means the same.</returns>
    public static string Member(ArtifactCell cell)
    {
        if (cell.MemberName is { } member)
        {
            return member;
        }

        var text = new StringBuilder(cell.Name.Length);
        foreach (var word in cell.Name.Split('_', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append(char.ToUpperInvariant(word[0])).Append(word, 1, word.Length - 1);
        }

        return text.ToString();
    }
}
