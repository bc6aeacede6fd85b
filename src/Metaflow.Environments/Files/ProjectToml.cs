using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>Reads <c>pyproject.toml</c>: the dependencies and the version of Python of <c>[project]</c>, the indexes of Poetry and uv,
/// and the packages of NuGet in <c>[tool.metaflow.nuget]</c>, whose sources are the list <c>nuget-sources</c> in
/// <c>[tool.metaflow]</c>.</summary>
internal static class ProjectToml
{
    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>What it asks for.</returns>
    /// <exception cref="ConfigurationException">It is malformed, or contradicts itself (MF71xx).</exception>
    public static FileRequirement Parse(InputFile file)
    {
        var toml = TomlFile.Parse(file);
        var builder = new RequirementBuilder(file);
        ReadProject(file, toml.Table("project"), builder);

        var tool = toml.Table("tool");
        foreach (var source in tool.Table("poetry").Tables("source").Concat(tool.Table("uv").Tables("index")))
        {
            if (source.Text("url") is { } url)
            {
                builder.AddSource(Categories.PyPI, url);
            }
        }

        ReadNuGet(tool.Table("metaflow"), builder);
        return builder.Build();
    }

    private static void ReadProject(InputFile file, TomlFile project, RequirementBuilder builder)
    {
        if (project.Text("requires-python") is { } python)
        {
            builder.SetPython(python, 0);
        }

        foreach (var text in project.Texts("dependencies"))
        {
            var requirement = PythonRequirement.TryParse(text) ?? throw file.Error(
                ErrorCodes.LineNotUnderstood,
                0,
                text,
                "This is no requirement of a Python package, as PEP 508 defines it.",
                "Write name==1.2, name>=1,<2, or 'name @ https://…'.");
            if (requirement.Name == "python")
            {
                throw file.Error(
                    ErrorCodes.LineNotUnderstood, 0, text, "Python is no package here.", "Write its version as 'requires-python'.");
            }

            builder.Add(Categories.PyPI, requirement.Name, requirement.Version, 0);
        }

        if (project.Table("optional-dependencies").Keys.Any())
        {
            builder.Note($"The optional dependencies of '{file.Name}' are not taken.");
        }
    }

    private static void ReadNuGet(TomlFile metaflow, RequirementBuilder builder)
    {
        foreach (var source in metaflow.Texts("nuget-sources"))
        {
            builder.AddSource(Categories.NuGet, source);
        }

        var packages = metaflow.Table("nuget");
        foreach (var identifier in packages.Keys)
        {
            if (!NuGetLine.IsIdentifier(identifier))
            {
                throw packages.Wrong(identifier, "a package of NuGet: an identifier with dots stands in quotes");
            }

            builder.Add(Categories.NuGet, identifier, packages.Text(identifier)!, 0);
        }
    }
}
