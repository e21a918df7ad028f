window.asyncRan = document.readyState !== "never";
