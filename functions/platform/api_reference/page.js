// Shows the OpenAPI document that lies beside this page, wherever that is.
window.addEventListener("load", () => {
  window.ui = SwaggerUIBundle({
    dom_id: "#reference",
    url: new URL("openapi.json", document.baseURI).href,
    deepLinking: true,
    docExpansion: "list",
    filter: true,
    showExtensions: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis],
  });
});
