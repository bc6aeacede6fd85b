using System.Text.Json;
using Metaflow.Environments.Records;
using Metaflow.Storage;

namespace Metaflow.Environments.Programs;

/// <summary>Writes the <c>.deps.json</c> with which a program starts with the packages of an environment instead of those that it was
/// compiled with.</summary>
/// <remarks>
/// <para>The runtime's host looks for an asset of a package at <c>probing folder / path of the library / path of the asset</c>, after the
/// folder of the file itself. So the file is in a folder without assemblies. The packages of the environment are found below the folder of
/// packages. All that comes from the program's own folder is given the name of that folder as its path, and the folder above it is a
/// probing folder, too.</para>
/// <para>The form is that of the SDK: https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md.</para>
/// </remarks>
/// <param name="program">The program.</param>
/// <param name="pathOf">Returns where a package is below the folder of packages, with <c>/</c>.</param>
internal sealed class DependenciesWriter(CompiledProgram program, Func<NuGetPackage, string> pathOf)
{
    private static readonly string[] Flattened = ["runtime", "native"];

    /// <summary>Writes the file.</summary>
    /// <param name="dependencies">The program's own file.</param>
    /// <param name="packages">The packages of the environment.</param>
    /// <returns>The JSON.</returns>
    public byte[] Write(JsonElement dependencies, IReadOnlyList<NuGetPackage> packages)
    {
        var replaced = packages.Select(static package => package.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var kept = ProgramPackages.Read(dependencies)
            .Where(library => !library.IsPackage || !replaced.Contains(library.Name)).ToList();
        return RecordJson.Write(json =>
        {
            json.WritePropertyName("runtimeTarget");
            dependencies.GetProperty("runtimeTarget").WriteTo(json);
            json.WriteStartObject("targets");
            json.WriteStartObject(ProgramPackages.TargetNameOf(dependencies));
            foreach (var library in kept)
            {
                WriteKept(json, library);
            }

            foreach (var package in packages)
            {
                WritePackage(json, package);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("libraries");
            foreach (var library in kept)
            {
                WriteLibrary(json, library.Name, library.Version, Path.GetFileName(program.Folder));
            }

            foreach (var package in packages)
            {
                WriteLibrary(json, package.Id, package.Version, pathOf(package));
            }

            json.WriteEndObject();
        });
    }

    private static void WriteKept(Utf8JsonWriter json, ProgramLibrary library)
    {
        json.WriteStartObject($"{library.Name}/{library.Version}");
        foreach (var part in library.Content.EnumerateObject())
        {
            var path = PathInFolder(part.Name, library.IsPackage);
            if (path is null)
            {
                continue;
            }

            json.WriteStartObject(part.Name);
            foreach (var asset in part.Value.EnumerateObject())
            {
                json.WritePropertyName(path(asset));
                asset.Value.WriteTo(json);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>A build copies the assemblies of packages into the program's folder itself, and leaves the folders of those that are for
    /// one system or one language.</summary>
    private static Func<JsonProperty, string>? PathInFolder(string kind, bool isPackage) => kind switch
    {
        "runtimeTargets" => static asset => asset.Name,
        "resources" => static asset => $"{asset.Value.GetProperty("locale").GetString()}/{FileName(asset.Name)}",
        _ when Flattened.Contains(kind) => isPackage ? static asset => FileName(asset.Name) : static asset => asset.Name,
        _ => null,
    };

    private static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static void WritePackage(Utf8JsonWriter json, NuGetPackage package)
    {
        json.WriteStartObject($"{package.Id}/{package.Version}");
        foreach (var kind in package.Assets.GroupBy(static asset => asset.Kind))
        {
            json.WriteStartObject(kind.Key switch
            {
                NuGetAssetKind.Assembly => "runtime",
                NuGetAssetKind.Native => "native",
                _ => "resources",
            });
            foreach (var asset in kind)
            {
                json.WriteStartObject(asset.Path);
                Write(json, "assemblyVersion", asset.AssemblyVersion);
                Write(json, "fileVersion", asset.Kind == NuGetAssetKind.Satellite ? null : asset.FileVersion);
                Write(json, "locale", asset.Culture);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteLibrary(Utf8JsonWriter json, string name, string version, string path)
    {
        json.WriteStartObject($"{name}/{version}");
        json.WriteString("type", "package");
        json.WriteBoolean("serviceable", false);
        json.WriteString("sha512", "");
        json.WriteString("path", path);
        json.WriteEndObject();
    }
}
