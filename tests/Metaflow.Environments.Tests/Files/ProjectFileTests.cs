using Metaflow.Environments.Files;

namespace Metaflow.Environments.Tests.Files;

public sealed class ProjectFileTests
{
    private const string Central = """
        <Project>
          <PropertyGroup>
            <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
            <JsonVersion>12.0.3</JsonVersion>
          </PropertyGroup>
          <ItemGroup>
            <PackageVersion Include="Newtonsoft.Json" Version="$(JsonVersion)" />
            <PackageVersion Include="Serilog" Version="3.0.0" />
            <PackageVersion Include="Old" Version="1.0" />
            <PackageVersion Remove="Old" />
            <PackageVersion Update="Serilog" Version="3.1.0" />
            <GlobalPackageReference Include="Analyzers.For.All" Version="1.0.0" />
          </ItemGroup>
        </Project>
        """;

    [Fact]
    public void The_packages_of_a_project_are_asked_for_exactly()
    {
        var read = Parse(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Major>3</Major>
                <AcmeVersion>$(Major).2</AcmeVersion>
                <Other Condition="'$(X)' == ''">1</Other>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Newtonsoft.Json" Version="13.0.1" />
                <PackageReference Include="Serilog"><Version>[3.0]</Version></PackageReference>
                <PackageReference Include="Floating" Version="2.*" />
                <PackageReference Include="Ranged" version="[1.0,2.0)" />
                <PackageReference Include="Acme.One; Acme.Two ;" Version="$(AcmeVersion)" />
                <PackageReference Include="Gone" Version="1.0" />
                <PackageReference Remove="gone" />
                <PackageReference Update="serilog" Version="3.5" />
                <PackageReference Update="Not.There" Version="1" />
                <PackageReference Include="Analyzers" Version="1.0"><IncludeAssets>build; analyzers</IncludeAssets></PackageReference>
                <PackageReference Include="Compile.Only" Version="1.0" ExcludeAssets="Runtime" Condition="'a' == 'b'" />
                <PackageReference Include="Loaded" Version="1.0" PrivateAssets="all" IncludeAssets="runtime; build" />
                <PackageReference Include="Later.Excluded" Version="1.0" />
                <PackageReference Update="Later.Excluded" ExcludeAssets="all" />
                <ProjectReference Include="../Lib/Lib.csproj" />
              </ItemGroup>
            </Project>
            """);

        Assert.Equal(
            "Acme.One=[3.2.0]\nAcme.Two=[3.2.0]\nFloating=2.*\nLoaded=[1.0.0]\nNewtonsoft.Json=[13.0.1]\n"
            + "Ranged=[1.0.0,2.0.0)\nSerilog=[3.5.0]",
            FileAssert.Packages(read, "nuget"));
        Assert.Equal(3, read.Notes.Count);
        Assert.Contains("'Analyzers'", read.Notes[0], StringComparison.Ordinal);
        Assert.Contains("'Compile.Only'", read.Notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Versions_come_from_the_central_file_unless_the_project_has_its_own()
    {
        var read = Parse(
            """
            <Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
              <ItemGroup>
                <PackageReference Include="newtonsoft.json" />
                <PackageReference Include="Serilog" VersionOverride="4.0.0" />
                <PackageReference Include="Own" Version="$(JsonVersion)" />
              </ItemGroup>
            </Project>
            """,
            Central);

        Assert.Equal("Own=[12.0.3]\nSerilog=[4.0.0]\nnewtonsoft.json=[12.0.3]", FileAssert.Packages(read, "nuget"));
    }

    [Fact]
    public void A_central_file_is_a_list_of_packages_itself()
        => Assert.Equal(
            "Newtonsoft.Json=[12.0.3]\nSerilog=[3.1.0]",
            FileAssert.Packages(CentralVersions.Parse(InputFile.Of("Directory.Packages.props", Central)), "nuget"));

    [Fact]
    public void The_central_file_is_found_above_the_project()
    {
        var root = Directory.CreateTempSubdirectory("metaflow-central-");
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(root.FullName, "src", "Flow"));
            var project = Path.Combine(folder.FullName, "Flow.csproj");
            File.WriteAllText(
                project, """<Project><ItemGroup><PackageReference Include="Newtonsoft.Json" /></ItemGroup></Project>""");
            File.WriteAllText(Path.Combine(root.FullName, "Directory.Packages.props"), Central);

            Assert.Equal("Newtonsoft.Json=[12.0.3]", FileAssert.Packages(RequirementFiles.ReadProject(project, "net10.0"), "nuget"));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("""<PackageReference Include="A" Version="1" Condition="'$(X)' == ''" />""", "condition")]
    [InlineData("""<PackageReference Include="A" Version="$(Unknown)" />""", "'$(Unknown)'")]
    [InlineData("""<PackageReference Include="A" Version="$(Conditional)" />""", "'$(Conditional)'")]
    [InlineData("""<PackageReference Include="A" Version="$(Endless)" />""", "'$(Endless)'")]
    [InlineData("""<PackageReference Include="A" Version="$([System.String]::Copy('1'))" />""", "MSBuild")]
    [InlineData("""<PackageReference Include="A" />""", "no version")]
    [InlineData("""<PackageReference Include="@(List)" Version="1" />""", "'@(List)'")]
    public void What_only_MSBuild_can_evaluate_is_refused_with_its_line(string item, string why)
    {
        var error = FileAssert.Refused("MF7116", "Line 6 of 'Flow.csproj' has '<PackageReference", () => Parse($"""
            <Project>
              <PropertyGroup><Endless>$(Endless)</Endless>
                <Conditional Condition="true">1</Conditional>
              </PropertyGroup>
              <ItemGroup>
                {item}
              </ItemGroup>
            </Project>
            """));

        Assert.Contains(why, error.Why, StringComparison.Ordinal);
        Assert.Contains("packages.lock.json", error.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""<ItemGroup Condition="'$(TargetFramework)' == 'net48'">{0}</ItemGroup>""")]
    [InlineData("""<Choose><When Condition="true"><ItemGroup>{0}</ItemGroup></When></Choose>""")]
    [InlineData("""<Choose><Otherwise><ItemGroup>{0}</ItemGroup></Otherwise></Choose>""")]
    [InlineData("""<Target Name="X"><ItemGroup>{0}</ItemGroup></Target>""")]
    public void A_condition_of_a_group_counts_for_its_packages(string group)
        => FileAssert.Refused("MF7116", "Line 1 of", () => Parse(
            $"<Project>{group.Replace("{0}", """<PackageReference Include="A" Version="1" />""", StringComparison.Ordinal)}</Project>"));

    [Theory]
    [InlineData("")]
    [InlineData("<Project>")]
    [InlineData("<project2/>")]
    [InlineData("Microsoft Visual Studio Solution File, Format Version 12.00")]
    [InlineData("""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Project>&x;</Project>""")]
    public void What_is_no_project_is_refused(string text)
        => FileAssert.Refused("MF7115", "'Flow.csproj' is no project file.", () => Parse(text));

    [Fact]
    public void A_version_that_cannot_be_read_names_its_line()
        => FileAssert.Refused(
            "MF7103",
            "The package 'A' in line 2 of 'Flow.csproj' has the version 'x'.",
            static () => Parse("<Project><ItemGroup>\n<PackageReference Include='A' Version='x' /></ItemGroup></Project>"));

    private static FileRequirement Parse(string text, string? central = null)
        => ProjectFile.Parse(
            InputFile.Of("Flow.csproj", text), central is null ? null : InputFile.Of(CentralVersions.FileName, central));
}
