using System.Globalization;
using System.Security;
using System.Text;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Resolution;

/// <summary>The project files with which the SDK restores environments: one for each environment, and one that restores them all at
/// once.</summary>
internal static class RestoreProject
{
    /// <summary>Writes the project of one environment. It takes nothing from files of the folders above it.</summary>
    /// <param name="request">What is asked for.</param>
    /// <returns>The XML.</returns>
    public static string Of(RestoreRequest request)
    {
        var references = new StringBuilder();
        foreach (var (id, version) in request.Packages.OrderBy(static package => package.Key, StringComparer.OrdinalIgnoreCase))
        {
            references.Append(
                CultureInfo.InvariantCulture,
                $"    <PackageReference Include=\"{Escape(id)}\" Version=\"{Escape(version)}\" />\n");
        }

        if (request.DotNetVersion is { } runtime)
        {
            references.Append(Download(RuntimePack.IdOf(request.Runtime), runtime));
        }

        var sources = request.Sources.Count == 0 ? ""
            : $"    <RestoreSources>{string.Join(';', request.Sources.Select(Escape))}</RestoreSources>\n";

        // NU1603: another version than the one asked for. NU1605: a package would be older than another one needs. NU1608: it would be
        // newer than another one allows.
        return Of(
            Escape(request.Framework),
            $"""
                <RuntimeIdentifier>{Escape(request.Runtime)}</RuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <UseAppHost>false</UseAppHost>
                <TreatWarningsAsErrors>false</TreatWarningsAsErrors>
                <WarningsAsErrors>NU1603;NU1605;NU1608</WarningsAsErrors>

            """ + sources,
            references.ToString());
    }

    /// <summary>Writes a project that only fetches a package, without what it needs.</summary>
    /// <param name="package">The package.</param>
    /// <returns>The XML.</returns>
    public static string OfDownload(NuGetPackage package) => Of(
        $"net{Environment.Version.Major}.{Environment.Version.Minor}", "",
        Download(package.Id, package.Version));

    private static string Download(string id, string version)
        => $"    <PackageDownload Include=\"{Escape(id)}\" Version=\"[{Escape(version)}]\" />\n";

    // Without the properties of packs, NuGet looks for the runtime itself on the feed.
    private static string Of(string framework, string properties, string items) => $"""
        <Project>
          <PropertyGroup>
            <ImportDirectoryBuildProps>false</ImportDirectoryBuildProps>
            <ImportDirectoryBuildTargets>false</ImportDirectoryBuildTargets>
            <ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps>
          </PropertyGroup>
          <Import Project="Sdk.props" Sdk="Microsoft.NET.Sdk" />
          <PropertyGroup>
            <TargetFramework>{framework}</TargetFramework>
            <EnableDefaultItems>false</EnableDefaultItems>
            <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
            <EnableRuntimePackDownload>false</EnableRuntimePackDownload>
            <EnableAppHostPackDownload>false</EnableAppHostPackDownload>
            <EnableTargetingPackDownload>false</EnableTargetingPackDownload>
            <NuGetAudit>false</NuGetAudit>
        {properties}  </PropertyGroup>
          <ItemGroup>
        {items}  </ItemGroup>
          <Import Project="Sdk.targets" Sdk="Microsoft.NET.Sdk" />
        </Project>

        """;

    /// <summary>Writes the project that restores others together, as the SDK restores the projects of a solution.</summary>
    /// <param name="projects">The paths of the projects.</param>
    /// <returns>The XML.</returns>
    public static string OfAll(IEnumerable<string> projects) => $"""
        <Project>
          <PropertyGroup>
            <RestoreGraphProjectInput>{string.Join(';', projects.Select(Escape))}</RestoreGraphProjectInput>
          </PropertyGroup>
          <Import Project="$(MSBuildToolsPath)/NuGet.targets" />
        </Project>

        """;

    // What MSBuild would take for lists, properties and patterns, and then what XML would.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var character in text)
        {
            if ("%$@();?*'".Contains(character, StringComparison.Ordinal))
            {
                escaped.Append(CultureInfo.InvariantCulture, $"%{(int)character:X2}");
            }
            else
            {
                escaped.Append(character);
            }
        }

        return SecurityElement.Escape(escaped.ToString());
    }
}
