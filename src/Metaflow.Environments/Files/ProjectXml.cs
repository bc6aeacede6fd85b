using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>The items and properties of a file of MSBuild, as far as they can be understood without MSBuild: without conditions and
/// functions.</summary>
internal sealed partial class ProjectXml
{
    private readonly XElement _root;
    private readonly Dictionary<string, XElement> _properties = new(StringComparer.OrdinalIgnoreCase);

    private ProjectXml(InputFile file, XElement root)
    {
        File = file;
        _root = root;
        foreach (var property in Groups("PropertyGroup"))
        {
            _properties[property.Name.LocalName] = property;
        }
    }

    /// <summary>Gets the file.</summary>
    public InputFile File { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Its content.</returns>
    /// <exception cref="ConfigurationException">It is no project (MF7115).</exception>
    public static ProjectXml Parse(InputFile file)
    {
        // A document type could make the reader open other files, or a text of any length out of a short one.
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            using var text = new StringReader(file.Text);
            using var reader = XmlReader.Create(text, settings);
            var root = XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
            return root.Name.LocalName == "Project" ? new ProjectXml(file, root) : throw Malformed(file, "Its root is not 'Project'.");
        }
        catch (XmlException error)
        {
            throw Malformed(file, Sentence.Of(Shortened.Of(error.Message)), error);
        }
    }

    /// <summary>Returns the items of a kind in their order.</summary>
    /// <param name="kind">The kind, such as <c>PackageReference</c>.</param>
    /// <returns>The items.</returns>
    public IEnumerable<XElement> Items(string kind) => Groups("ItemGroup").Where(item => IsNamed(item.Name, kind));

    /// <summary>Returns the value of a property.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The value; <see langword="null"/> if it has none here, or only under a condition.</returns>
    public string? Property(string name)
        => _properties.TryGetValue(name, out var property) && !IsConditional(property) ? property.Value.Trim() : null;

    /// <summary>Returns an attribute or a child element of an item, with the properties in it.</summary>
    /// <param name="item">The item.</param>
    /// <param name="name">The name of the value.</param>
    /// <param name="others">Files that have properties too.</param>
    /// <returns>The value; <see langword="null"/> if there is none.</returns>
    /// <exception cref="ConfigurationException">A property is not known (MF7116).</exception>
    public string? Value(XElement item, string name, params ReadOnlySpan<ProjectXml?> others)
    {
        var value = item.Attributes().FirstOrDefault(each => IsNamed(each.Name, name))?.Value
            ?? item.Elements().FirstOrDefault(each => IsNamed(each.Name, name))?.Value;
        if (value is null || !value.Contains("$(", StringComparison.Ordinal))
        {
            return value?.Trim();
        }

        var known = new List<ProjectXml> { this };
        known.AddRange(others.ToArray().OfType<ProjectXml>());

        // A property may contain others; ten levels are more than anyone writes.
        for (var level = 0; level < 10 && Reference().IsMatch(value); level++)
        {
            value = Reference().Replace(
                value,
                match => known.Select(file => file.Property(match.Groups["name"].Value)).FirstOrDefault(static text => text is not null)
                    ?? match.Value);
        }

        return value.Contains("$(", StringComparison.Ordinal)
            ? throw NeedsBuild(item, $"The property in '{Shortened.Of(value)}' has no value that can be read without MSBuild.")
            : value.Trim();
    }

    /// <summary>Refuses an item that counts under a condition only.</summary>
    /// <param name="item">The item.</param>
    /// <exception cref="ConfigurationException">It has a condition (MF7116).</exception>
    public void RequireUnconditional(XElement item)
    {
        if (IsConditional(item))
        {
            throw NeedsBuild(item, "It counts under a condition, which only MSBuild can evaluate.");
        }
    }

    /// <summary>Returns the error that only MSBuild can understand an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="why">Why, a sentence.</param>
    /// <returns>The error.</returns>
    public ConfigurationException NeedsBuild(XElement item, string why)
        => File.Error(
            ErrorCodes.ProjectNeedsBuild,
            ((IXmlLineInfo)item).LineNumber,
            item.ToString(SaveOptions.DisableFormatting),
            why,
            "Set RestorePackagesWithLockFile to true in the project, restore it, and name packages.lock.json instead.");

    private static ConfigurationException Malformed(InputFile file, string why, Exception? error = null)
        => new(ErrorCodes.InputMalformed, $"'{file.Name}' is no project file.", why, "Name a project, such as Flow.csproj.", error);

    private static bool IsNamed(XName name, string expected) => name.LocalName.Equals(expected, StringComparison.OrdinalIgnoreCase);

    private static bool IsConditional(XElement element)
        => element.AncestorsAndSelf().Any(static each => each.Attribute("Condition") is not null
            || each.Name.LocalName is "When" or "Otherwise" or "Target");

    private IEnumerable<XElement> Groups(string name)
        => _root.Descendants().Where(each => each.Name.LocalName == name).SelectMany(static group => group.Elements());

    [GeneratedRegex(@"\$\((?<name>[A-Za-z_][A-Za-z0-9_.-]*)\)")]
    private static partial Regex Reference();
}
